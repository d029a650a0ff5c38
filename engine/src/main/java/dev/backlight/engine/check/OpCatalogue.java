package dev.backlight.engine.check;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every op with sample inputs: what gradient checks, the parity of backends and benchmarks run over. A test fails when an op
 * is missing.
 */
public final class OpCatalogue {
    private OpCatalogue() {}

    /** All samples; names are unique. */
    public static List<OpSample> samples() {
        return Stream.of(
                        ElementwiseSamples.all(),
                        ElementwiseSamples.activations(),
                        ElementwiseSamples.binary(),
                        ReductionSamples.all(),
                        ReductionSamples.products(),
                        ShapeSamples.all(),
                        ShapeSamples.indexing(),
                        ConvolutionSamples.all(),
                        ConvolutionSamples.transposed(),
                        PoolingSamples.all(),
                        PoolingSamples.resizing(),
                        NormalisationSamples.all(),
                        NormalisationSamples.losses())
                .flatMap(List::stream)
                .toList();
    }
}
