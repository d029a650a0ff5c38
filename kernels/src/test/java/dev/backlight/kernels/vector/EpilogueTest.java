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
import java.util.List;
import java.util.SplittableRandom;
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
        DeviceArray residual = values(out);
        ConvolutionShape s = ConvolutionShape.of(x.shape(), w.shape(), out, window, groups);
        for (int steps = 0; steps < 16; steps++) {
            boolean biased = (steps & 1) != 0, scaled = (steps & 2) != 0;
            boolean added = (steps & 4) != 0, rectified = (steps & 8) != 0;
            Primitive convolution = new Primitive.Convolution(window, groups);
            DeviceArray y = biased ? run(convolution, out, x, w, bias) : run(convolution, out, x, w);
            y = scaled ? run(new Primitive.ChannelAffine(), out, y, scale, shift) : y;
            y = added ? run(new Primitive.Binary(BinaryFunction.ADD), out, y, residual) : y;
            y = rectified ? run(new Primitive.Unary(UnaryFunction.POSITIVE_PART), out, y) : y;
            Epilogue epilogue = new Epilogue(
                    biased ? Span.of(bias) : null,
                    scaled ? Span.of(scale) : null,
                    scaled ? Span.of(shift) : null,
                    added ? Span.of(residual) : null,
                    rectified);
            DeviceArray fused = backend.allocate(DType.F32, out);
            new Convolution(parallel).forward(s, Span.of(x), Span.of(w), epilogue, Span.of(fused));
            assertArrayEquals(read(y), read(fused), "steps " + steps + " of " + s);
        }
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
        assertThrows(IllegalArgumentException.class, () -> new Epilogue(null, scale, null, null, false));
    }
}
