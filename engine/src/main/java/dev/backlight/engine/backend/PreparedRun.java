package dev.backlight.engine.backend;

/**
 * A list of executions that a device does at one command; see {@link Backend#prepare}. It does them on the memory that they
 * were prepared with, whatever that holds at the time.
 */
public interface PreparedRun extends AutoCloseable {
    /** Does all executions, in order; bits are equal to those of the executions one by one. */
    void run();

    /** Gives back what the device keeps for it; left to the garbage collector otherwise. */
    @Override
    void close();
}
