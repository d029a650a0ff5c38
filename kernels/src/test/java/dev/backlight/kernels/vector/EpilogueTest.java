package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A fused epilogue gives the bits that the primitives give one after the other, on every path of the convolution. */
class EpilogueTest {
    private final SplittableRandom random = new SplittableRandom(71);
    private final Backend backend = new VectorBackend(2);
    private final Parallel parallel = new Parallel(2);

    private DeviceArray values(Shape shape) {
        DeviceArray array = backend.allocate(DType.F32, shape);
        backend.upload(GemmTest.values(random, (int) shape.elements()), 0, array.buffer());
        return array;
    }

    private DeviceArray run(Primitive primitive, Shape out, DeviceArray... inputs) {
        DeviceArray y = backend.allocate(DType.F32, out);
        backend.execute(primitive, List.of(inputs), y);
        return y;
    }

    private static float[] read(DeviceArray array) {
        float[] values = new float[(int) array.shape().elements()];
        System.arraycopy(HostBackend.floats(array), HostBackend.offset(array), values, 0, values.length);
        return values;
    }

    private void check(int channels, int side, int filters, WindowGeometry window, int groups) {
        DeviceArray x = values(Shape.of(2, channels, side, side));
        DeviceArray w = values(Shape.of(filters, channels / groups, window.height(), window.width()));
        DeviceArray bias = values(Shape.of(filters));
        DeviceArray scale = values(Shape.of(filters));
        DeviceArray shift = values(Shape.of(filters));
        Shape out = Primitive.convolutionShape(x.shape(), w.shape(), window);
        ConvolutionShape s = ConvolutionShape.of(x.shape(), w.shape(), out, window, groups);
        Primitive convolution = new Primitive.Convolution(window, groups);
        for (int steps = 0; steps < 64; steps++) {
            boolean biased = (steps & 1) != 0;
            DeviceArray y = biased ? run(convolution, out, x, w, bias) : run(convolution, out, x, w);
            Followers followers = followers(steps, y, scale, shift);
            DeviceArray fused = backend.allocate(DType.F32, out);
            Epilogue epilogue = followers.epilogue(biased ? Span.of(bias) : null);
            new Convolution(parallel).forward(s, Span.of(x), Span.of(w), epilogue, Span.of(fused));
            assertArrayEquals(read(followers.result()), read(fused), "steps " + steps + " of " + s);
        }
        DeviceArray u = values(out);
        Primitive adjoint = new Primitive.ConvolutionInputGradient(window, groups);
        DeviceArray scaleBack = values(Shape.of(channels));
        DeviceArray shiftBack = values(Shape.of(channels));
        for (int steps = 0; steps < 64; steps += 2) {
            Followers followers = followers(steps, run(adjoint, x.shape(), u, w), scaleBack, shiftBack);
            DeviceArray fused = backend.allocate(DType.F32, x.shape());
            Epilogue epilogue = followers.epilogue(null);
            new Convolution(parallel).inputGradient(s, Span.of(u), Span.of(w), epilogue, Span.of(fused));
            assertArrayEquals(read(followers.result()), read(fused), "steps " + steps + " of the adjoint of " + s);
        }
    }

    /** What follows a convolution, run one by one, and the same as an epilogue. */
    private record Followers(
            DeviceArray result,
            @Nullable Span joined,
            @Nullable Span gate,
            @Nullable Span scale,
            @Nullable Span shift,
            @Nullable Span residual,
            boolean rectified) {
        Epilogue epilogue(@Nullable Span bias) {
            return new Epilogue(bias, joined, gate, scale, shift, residual, rectified);
        }
    }

    private Followers followers(int steps, DeviceArray start, DeviceArray scale, DeviceArray shift) {
        boolean scaled = (steps & 2) != 0;
        boolean rectified = (steps & 8) != 0;
        Shape out = start.shape();
        DeviceArray residual = (steps & 4) != 0 ? values(out) : null;
        DeviceArray joined = (steps & 16) != 0 ? values(out) : null;
        DeviceArray gate = (steps & 32) != 0 ? values(out) : null;
        DeviceArray y = start;
        y = joined != null ? run(new Primitive.Binary(BinaryFunction.ADD), out, y, joined) : y;
        y = gate != null ? run(new Primitive.Binary(BinaryFunction.GATE), out, y, gate) : y;
        y = scaled ? run(new Primitive.ChannelAffine(), out, y, scale, shift) : y;
        y = residual != null ? run(new Primitive.Binary(BinaryFunction.ADD), out, y, residual) : y;
        y = rectified ? run(new Primitive.Unary(UnaryFunction.POSITIVE_PART), out, y) : y;
        return new Followers(
                y,
                span(joined),
                span(gate),
                scaled ? Span.of(scale) : null,
                scaled ? Span.of(shift) : null,
                span(residual),
                rectified);
    }

    private static @Nullable Span span(@Nullable DeviceArray array) {
        return array == null ? null : Span.of(array);
    }

    @Test
    void fusingChangesNoBit() {
        check(5, 9, 7, WindowGeometry.square(3, 1, 1), 1);
        check(64, 26, 64, WindowGeometry.square(3, 1, 1), 1);
        check(10, 13, 7, WindowGeometry.square(5, 2, 1), 1);
        check(20, 11, 33, WindowGeometry.square(1, 1, 0), 1);
        check(20, 11, 33, WindowGeometry.square(1, 2, 0), 1);
        check(12, 11, 8, WindowGeometry.square(3, 1, 1), 4);
        check(9, 11, 9, WindowGeometry.square(3, 1, 1), 9);
        parallel.close();
    }

    @Test
    void scaleWithoutShiftIsRefused() {
        Span scale = new Span(new float[3], 0);
        assertThrows(IllegalArgumentException.class, () -> new Epilogue(null, null, null, scale, null, null, false));
    }
}
