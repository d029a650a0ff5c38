package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Storage;
import java.util.Set;

/**
 * Steps that are ready to run, and the memory that they take, in whole blocks of the pool.
 *
 * @param once what is computed before the first run
 * @param goal the bytes that it was made for, {@link Long#MAX_VALUE} where nothing is repeated
 */
record Plan(Division division, Ports ports, Schedule once, Schedule perRun, long goal) {
    static Plan of(Backend backend, Division.Arrangement arrangement) {
        Division division = arrangement.division();
        Set<Storage> constants = LiveSteps.storages(division.constants());
        return new Plan(
                division,
                arrangement.ports(),
                new Schedule(backend, division.once(), constants),
                new Schedule(backend, division.perRun(), division.results()),
                Long.MAX_VALUE);
    }

    /** The same with steps repeated, so that it holds no more than so many bytes, or as few as were found. */
    Plan within(long most) {
        if (heldBytes() <= most) {
            return this;
        }
        long left = most - constantBytes();
        return new Plan(division, ports, once.within(left), perRun.within(left), most);
    }

    /** Memory for what is computed once and stays. */
    long constantBytes() {
        return division.bytes();
    }

    /** The most bytes at once besides results. While constants are computed, the slots of runs have not been taken yet. */
    long heldBytes() {
        return constantBytes() + Math.max(once.bytes(), perRun.bytes());
    }

    /** A bound that it cannot hold less than, whatever is repeated. */
    long leastBytes() {
        return constantBytes() + Math.max(once.leastBytes(), perRun.leastBytes());
    }

    /** Memory for what a run gives. */
    long resultBytes() {
        return perRun.resultBytes();
    }

    /** The most bytes at once. */
    long neededBytes() {
        return heldBytes() + resultBytes();
    }
}
