package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.counting;
import static dev.backlight.tests.cuda.PlainDriver.free;
import static dev.backlight.tests.cuda.PlainDriver.memory;

import dev.backlight.tests.cuda.PlainDriver.Parameter;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests of the emulator itself, each with two arrays on it and a whole device. */
abstract class EmulatedDevice {
    static final int THREADS = 256;

    static final Parameter[] TWO = {Parameter.ADDRESS, Parameter.ADDRESS};

    CUdeviceptr x = new CUdeviceptr();

    CUdeviceptr y = new CUdeviceptr();

    @BeforeAll
    static void load() {
        Emulator.require();
        new PlainDriver();
    }

    @BeforeEach
    void allocate() {
        x = memory(counting(THREADS));
        y = memory(THREADS);
    }

    @AfterEach
    void whole() {
        Emulator.reset();
        for (String setting : new String[] {"order", "async", "memory", "lost", "workers"}) {
            Emulator.set(setting, "");
        }
        free(x, y);
    }

    static float[] reversed() {
        float[] values = new float[THREADS];
        for (int i = 0; i < THREADS; i++) {
            values[i] = THREADS - i;
        }
        return values;
    }
}
