package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/**
 * The attributes by which convolution and pooling state their windows. One spatial axis is treated as two, of which the
 * first has size 1; three are a depth and a plane.
 */
final class WindowAttributes {
    private final Invocation at;
    private final int spatial;
    private final int[] kernel;
    private final int[] strides;
    private final int[] dilations;

    /** @param kernel the window's sizes where no attribute states them */
    WindowAttributes(Invocation at, int... kernel) {
        this.at = at;
        int[] sizes = at.attributes().integers("kernel_shape").orElse(kernel);
        this.spatial = sizes.length;
        if (spatial < 1 || spatial > 3) {
            throw at.unsupported("windows over " + spatial + " axes are not supported, only over one, two or three");
        }
        this.kernel = planar(sizes, 1);
        this.strides = planar(list("strides", spatial, 1), 1);
        this.dilations = planar(list("dilations", spatial, 1), 1);
    }

    /** Whether there is a depth beside the plane. */
    boolean isVolume() {
        return spatial == 3;
    }

    /** The window on an input of a shape, with its padding. */
    WindowGeometry on(Shape planes) {
        return window(padding(planes));
    }

    /** The window in the plane with given padding: first of all axes, then last of all. */
    WindowGeometry window(int... pads) {
        int axes = kernel.length;
        int y = axes - 2;
        int x = axes - 1;
        return new WindowGeometry(
                kernel[y],
                kernel[x],
                strides[y],
                strides[x],
                dilations[y],
                dilations[x],
                pads[y],
                pads[x],
                pads[axes + y],
                pads[axes + x]);
    }

    /** The window along the depth of a volume alone. */
    WindowGeometry depth(int... pads) {
        return new WindowGeometry(kernel[0], 1, strides[0], 1, dilations[0], 1, pads[0], 0, pads[kernel.length], 0);
    }

    int kernel(int axis) {
        return kernel[axis];
    }

    int stride(int axis) {
        return strides[axis];
    }

    int dilation(int axis) {
        return dilations[axis];
    }

    /** What the window covers along an axis, dilation included. */
    int extent(int axis) {
        return (kernel[axis] - 1) * dilations[axis] + 1;
    }

    String autoPad() {
        return at.attributes().text("auto_pad", "NOTSET");
    }

    /** Stated padding: first of all axes, then last of all. */
    int[] statedPadding() {
        int[] pads = list("pads", 2 * spatial, 0);
        return spatial == 1 ? new int[] {0, pads[0], 0, pads[1]} : pads;
    }

    /** An attribute with a number per spatial axis, for both axes. */
    int[] perAxis(String attribute, int otherwise, int missingAxis) {
        return planar(list(attribute, spatial, otherwise), missingAxis);
    }

    /** What a pooling by this window may have made a shape from: {@code (size − 1)·stride − padding + extent}. */
    Shape reversed(Shape pooled) {
        if (pooled.rank() != spatial + 2) {
            throw at.unsupported("a window over " + spatial + " axes cannot have made the shape " + pooled);
        }
        int[] pads = list("pads", 2 * spatial, 0);
        Shape shape = pooled;
        for (int i = 0; i < spatial; i++) {
            int axis = i + kernel.length - spatial;
            long size = (pooled.size(i + 2) - 1L) * strides[axis] - pads[i] - pads[i + spatial] + extent(axis);
            shape = shape.with(i + 2, Limits.elements(size));
        }
        return shape;
    }

    /** Images with two spatial axes, or volumes with three. */
    Tensor planes(Tensor x) {
        if (x.shape().rank() != spatial + 2) {
            throw at.unsupported("a window over " + spatial
                    + " axes needs an input with two axes more, but its shape is " + x.shape());
        }
        return spatial == 1 ? Ops.reshape(x, x.shape().insert(2, 1)) : x;
    }

    /** The result with as many spatial axes as the input had. */
    Tensor restored(Tensor y) {
        return spatial == 1 ? Ops.reshape(y, y.shape().without(2)) : y;
    }

    /** The padding on an input of a shape. */
    int[] padding(Shape planes) {
        return switch (autoPad()) {
            case "NOTSET" -> statedPadding();
            case "VALID" -> new int[2 * kernel.length];
            case "SAME_UPPER" -> same(planes, false);
            case "SAME_LOWER" -> same(planes, true);
            default -> throw at.unsupported("auto_pad " + autoPad() + " is not one of ONNX's");
        };
    }

    /** So much padding that there are ⌈size/stride⌉ windows; of an odd amount the larger half comes last or first. */
    private int[] same(Shape planes, boolean largerFirst) {
        int axes = kernel.length;
        int[] pads = new int[2 * axes];
        for (int axis = 0; axis < axes; axis++) {
            int size = planes.size(axis + 2);
            int windows = Math.ceilDiv(size, strides[axis]);
            int total = Math.max(0, (windows - 1) * strides[axis] + extent(axis) - size);
            int first = largerFirst ? total - total / 2 : total / 2;
            pads[axis] = first;
            pads[axis + axes] = total - first;
        }
        return pads;
    }

    private int[] list(String attribute, int length, int otherwise) {
        int[] stated = at.attributes().integers(attribute).orElseGet(() -> {
            int[] all = new int[length];
            Arrays.fill(all, otherwise);
            return all;
        });
        if (stated.length != length) {
            throw at.unsupported(
                    "attribute " + attribute + " must have " + length + " numbers, but has " + stated.length);
        }
        return stated;
    }

    private int[] planar(int[] perAxis, int missingAxis) {
        return spatial == 1 ? new int[] {missingAxis, perAxis[0]} : perAxis;
    }
}
