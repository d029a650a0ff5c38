package dev.backlight.kernels.sweep;

/** What the sweep covers, and how many cases of each. */
public enum Kind {
    CONVOLUTION(330, Convolutions::forward),
    INPUT_GRADIENT(330, Convolutions::inputGradient),
    WEIGHT_GRADIENT(330, Convolutions::weightGradient),
    MATRIX_PRODUCT(250, Sums::matrixProduct),
    MAX_POOL_INDICES(120, Windows::maxIndices),
    WINDOW_SUM(100, Windows::sum),
    WINDOW_SUM_ADJOINT(100, Windows::sumAdjoint),
    MADE(100, Elements::made),
    UNARY(144, Elements::unary),
    BINARY(208, Elements::binary),
    SELECT(60, Elements::select),
    REDUCTION(180, Sums::reduction),
    LONG_SUM(3, Sums::longSum),
    TALL_SUM(6, Sums::tallSum),
    WIDE_SUM(12, Sums::wideSum),
    SOFTMAX(240, Softmaxes::draw),
    CHANNEL_AFFINE(60, Elements::channelAffine),
    CHANNEL_DOT(80, Sums::channelDot),
    LEARNED_RULE(180, Elements::learnedRule),
    MOVEMENT(200, Moves::movement),
    INDEXING(160, Moves::indexing),
    SCATTERED_PLANES(12, Moves::scatteredPlanes),
    CHAIN(250, Composites::chain),
    EPILOGUE(300, Composites::epilogue),
    OTHER_TYPES(270, OtherTypes::draw);

    @FunctionalInterface
    interface Generator {
        /**
         * Draws a case.
         *
         * @param index its number within its kind
         */
        SweepCase draw(Draw draw, int index);
    }

    final int cases;

    @SuppressWarnings("ImmutableEnumChecker") // generators are method references without state
    final Generator generator;

    Kind(int cases, Generator generator) {
        this.cases = cases;
        this.generator = generator;
    }
}
