package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.Locale;

/** How kernels' names say what they work on, and how much of it one thread takes. */
final class Types {
    /** Threads of a block where nothing else decides it. */
    static final int THREADS = 256;

    private static final int ACCESS_BYTES = 16;

    private Types() {}

    static Kernel kernel(String module, String function, DType dtype) {
        return new Kernel(module, module + "_" + function + "_" + suffix(dtype));
    }

    /** For families that have no kernels of integers. */
    static Kernel floatingKernel(String module, String function, DType dtype) {
        if (dtype == DType.I64) {
            throw new UnsupportedOpException(
                    "device cuda computes " + module + " " + function + " in F32 and F64, but found I64; cast first");
        }
        return kernel(module, function, dtype);
    }

    /** For families to which only the size of elements matters. */
    static Kernel sizedKernel(String module, String function, DType dtype) {
        return new Kernel(module, module + "_" + function + "_b" + Byte.SIZE * dtype.bytes());
    }

    static String suffix(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    /** A window in the order of {@code window.cuh} and {@code lane_panels.cuh}. */
    static int[] window(WindowGeometry g) {
        return new int[] {
            g.height(), g.width(), g.strideY(), g.strideX(), g.dilationY(), g.dilationX(), g.padTop(), g.padLeft()
        };
    }

    /** Elements of one 16-byte access. */
    static int pack(DType dtype) {
        return ACCESS_BYTES / dtype.bytes();
    }

    /** Threads enough for every element of an array when each takes one access of it. */
    static Grid packs(DeviceArray array) {
        return Grid.linear(array.shape().elements(), pack(array.dtype()), THREADS);
    }
}
