package dev.backlight.benchmarks.contest;

/** The kinds of work that are compared. */
public enum Workload {
    /** One pass through a network in evaluation. */
    FORWARD("F"),
    /** A forward pass, and the gradient of one logit per image with respect to the images. */
    INPUT_GRADIENT("FG"),
    /**
     * One step of training a propagation rule, as {@link RuleStep} has it: two forward passes, a backward pass under rules
     * with one parameter per activation, and the gradient of a loss on its result to all those parameters.
     */
    RULE_STEP("LPR"),
    /**
     * The first step of training a learned rule, as {@link LearnedRuleStep} has it, and Adam's: two forward passes, of the images
     * and of these masked and their complement, a backward pass under rules with three logits per activation, and the
     * gradient of a loss to all those logits.
     */
    LEARNED_RULE_STEP("LPR-full"),
    /** Integrated gradients with 50 Gauss–Legendre points, 8 images at once. */
    INTEGRATED_GRADIENTS("IG"),
    /** The product of two square matrices. */
    MATRIX_PRODUCT("SGEMM");

    /** Points of the quadrature of {@link #INTEGRATED_GRADIENTS}. */
    public static final int POINTS = 50;

    /** Images that go through the network at once in {@link #INTEGRATED_GRADIENTS}. */
    public static final int POINTS_AT_ONCE = 8;

    private final String label;

    Workload(String label) {
        this.label = label;
    }

    /** The name in tables and on the command line. */
    public String label() {
        return label;
    }

    /**
     * The workload with that label.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Workload labelled(String label) {
        for (Workload workload : values()) {
            if (workload.label.equalsIgnoreCase(label)) {
                return workload;
            }
        }
        throw new IllegalArgumentException(
                "no workload is labelled " + label + ": choose of F, FG, LPR, LPR-full, IG, SGEMM");
    }

    /** Forward passes' worth of arithmetic in one run, by direct convolution. */
    public double passes() {
        return switch (this) {
            case FORWARD, MATRIX_PRODUCT -> 1;
            case INPUT_GRADIENT -> 2;
            case RULE_STEP -> 5;
            case LEARNED_RULE_STEP -> 7;
            case INTEGRATED_GRADIENTS -> 2.0 * POINTS;
        };
    }
}
