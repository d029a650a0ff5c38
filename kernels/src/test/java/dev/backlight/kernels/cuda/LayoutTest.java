package dev.backlight.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.shape.Shape;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final int LARGEST = Integer.MAX_VALUE;

    /** What kernels make of multiplier and shift, at the ends and around multiples, where a rounding would show. */
    @Test
    void multipliersDivideExactly() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            int size =
                    i < 70 ? i + 1 : i < 100 ? LARGEST - (i - 70) : random.nextInt(1, LARGEST) >>> random.nextInt(31);
            size = Math.max(1, size);
            ByteBuffer extents = Layout.ofAxes(size, 1)
                    .extents(new Struct(Layout.EXTENTS_BYTES))
                    .finished();
            int at = 2 * Long.BYTES + Layout.MAX_AXES * Long.BYTES;
            long multiplier = Integer.toUnsignedLong(extents.getInt(at));
            int shift = extents.getInt(at + Integer.BYTES);
            long multiple = (long) (LARGEST / size) * size;
            for (long n : new long[] {0, 1, size - 1, size, multiple - 1, multiple, LARGEST, random.nextInt(LARGEST)}) {
                assertEquals(n / size, (n * multiplier) >>> shift, n + " / " + size);
            }
        }
    }

    @Test
    void joinsAxesThatAllOperandsCrossInOneStride() {
        Shape shape = Shape.of(2, 1, 3, 4, 5);
        Layout dense = Layout.of(shape, shape.strides());
        assertEquals(1, dense.axes());
        assertEquals(120, dense.size(0));
        Layout perChannel = Layout.of(shape, shape.strides(), Layout.broadcast(Shape.of(3, 1, 1), shape));
        assertEquals(3, perChannel.axes());
        assertEquals(20, perChannel.size(0));
        assertEquals(1, perChannel.stride(1, 1));
        assertEquals(0, perChannel.stride(1, 2));
    }
}
