package dev.backlight.engine.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void stepsFallAtMilestones() {
        Schedule schedule = Schedule.steps(1, 0.1, 30, 10);
        assertEquals(1, schedule.at(9));
        assertEquals(0.1, schedule.at(10), 1e-12);
        assertEquals(0.01, schedule.at(30), 1e-12);
    }

    @Test
    void cosineRisesLinearlyAndEndsAtItsEnd() {
        Schedule schedule = Schedule.cosine(1, 0.2, 4, 14);
        assertEquals(0.25, schedule.at(0), 1e-12);
        assertEquals(1, schedule.at(4), 1e-12);
        assertEquals(0.6, schedule.at(9), 1e-12);
        assertEquals(0.2, schedule.at(14), 1e-12);
        assertEquals(0.2, schedule.at(99), 1e-12);
    }

    @Test
    void oneCycleRisesAndFalls() {
        Schedule schedule = Schedule.oneCycle(1, 0.25, 100);
        assertEquals(0.04, schedule.at(0), 1e-12);
        assertEquals(1, schedule.at(25), 1e-12);
        assertEquals(1e-4, schedule.at(100), 1e-12);
    }
}
