package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a convolution's weights are read as the left operands of a product per group: row {@code r} of group {@code g} has at
 * step (c, t) the weight {@code w[g·groupStep + r·rowStep + c·channelStep + taps[t]]}.
 *
 * @param rows rows of a group
 * @param channels channels summed over in a group
 */
record WeightLayout(
        int groups, int rows, int channels, int groupStep, int rowStep, int channelStep, List<Integer> taps) {
    /** What packed weights are kept under: the place in their storage and how they are read. */
    private record PackedForm(int at, WeightLayout layout) {}

    /** The forward product: rows are filters. */
    static WeightLayout forward(ConvolutionShape s) {
        int filterSize = s.channelsPerGroup() * s.taps();
        List<Integer> taps = IntStream.range(0, s.taps()).boxed().toList();
        int groupStep = s.filtersPerGroup() * filterSize;
        return new WeightLayout(
                s.groups(), s.filtersPerGroup(), s.channelsPerGroup(), groupStep, filterSize, s.taps(), taps);
    }

    /** The product of the input gradient under some of the window's taps: rows are the channels of x. */
    static WeightLayout adjoint(ConvolutionShape s, int[] taps) {
        int filterSize = s.channelsPerGroup() * s.taps();
        List<Integer> list = IntStream.of(taps).boxed().toList();
        int groupStep = s.filtersPerGroup() * filterSize;
        return new WeightLayout(
                s.groups(), s.channelsPerGroup(), s.filtersPerGroup(), groupStep, s.taps(), filterSize, list);
    }

    int steps() {
        return channels * taps.size();
    }

    /** The operands packed for the register tile, one per group; kept where the weights are long-lived. */
    PackedRows[] packed(Parallel parallel, Span w) {
        RowPlan plan = new RowPlan(rows);
        int size = plan.paddedRows() * steps();
        float[] data = w.form(new PackedForm(w.at(), this), groups * size, Scratch.ROWS, packed -> {
            int[] places = places();
            parallel.forEach(groups * plan.tiles(), i -> {
                int group = i / plan.tiles();
                PackedRows target = new PackedRows(plan, steps(), packed, group * size);
                pack(target, i % plan.tiles(), w, w.at() + group * groupStep, places);
            });
        });
        PackedRows[] packed = new PackedRows[groups];
        for (int g = 0; g < groups; g++) {
            packed[g] = new PackedRows(plan, steps(), data, g * size);
        }
        return packed;
    }

    private void pack(PackedRows target, int tile, Span w, int from, int[] places) {
        int stride = places.length < 2 ? 1 : places[1] - places[0];
        if (isUniform(places, stride)) {
            Matrix matrix = new Matrix(w.data(), from + places[0], rowStep, stride);
            target.pack(matrix, 0, places.length, tile, tile + 1);
        } else {
            target.packTile(tile, w.data(), from, rowStep, places);
        }
    }

    private static boolean isUniform(int[] places, int stride) {
        for (int k = 2; k < places.length; k++) {
            if (places[k] - places[k - 1] != stride) {
                return false;
            }
        }
        return true;
    }

    /** Where a row has its weight for each step. */
    int[] places() {
        int[] places = new int[steps()];
        for (int k = 0; k < places.length; k++) {
            places[k] = k / taps.size() * channelStep + taps.get(k % taps.size());
        }
        return places;
    }
}
