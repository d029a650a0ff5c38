package dev.backlight.tests.onnx.conformance;

/**
 * What became of one test.
 *
 * @param kind whether it passed
 * @param reason the sentence of a refusal, or what differs; empty where it passed
 */
record Outcome(Kind kind, String reason) {
    enum Kind {
        PASSED,
        /** The program said that it cannot. */
        REFUSED,
        /** The program gave something else, or broke down. */
        WRONG
    }

    static final Outcome PASSED = new Outcome(Kind.PASSED, "");

    @Override
    public String toString() {
        return kind + " " + reason;
    }

    boolean isPassed() {
        return kind == Kind.PASSED;
    }
}
