package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Primitive.Instruction;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that works element by element: blocks of the operands, stretched where they broadcast, pass through the links of a
 * chain while they are in the cache. A single primitive is a chain of one link, and a broadcast one of none.
 */
final class Chains {
    /** Elements of a block. */
    static final int BLOCK = 512;

    private final Parallel parallel;

    Chains(Parallel parallel) {
        this.parallel = parallel;
    }

    /** The error function has no loop here. */
    static boolean handles(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary unary -> unary.function() != UnaryFunction.ERF;
            case Primitive.Fused chain ->
                chain.instructions().stream().map(Instruction::function).allMatch(Chains::handles);
            default -> true;
        };
    }

    void single(Primitive function, List<DeviceArray> in, DeviceArray out) {
        run(Primitive.Fused.of(function, in.size()).instructions(), in, out);
    }

    void run(List<Instruction> links, List<DeviceArray> in, DeviceArray out) {
        Shape[] shapes = in.stream().map(DeviceArray::shape).toArray(Shape[]::new);
        for (Instruction link : links) {
            if (link.function() instanceof Primitive.ChannelAffine) {
                shapes[link.operands().get(1)] = channels(out.shape());
                shapes[link.operands().get(2)] = channels(out.shape());
            }
        }
        int[] starts = in.stream().mapToInt(array -> offset(array)).toArray();
        float[][] data = in.stream().map(array -> floats(array)).toArray(float[][]::new);
        StridedRuns runs = StridedRuns.broadcast(out.shape(), starts, shapes);
        Chunks.forEach(parallel, (int) out.shape().elements(), (from, to) -> {
            float[][] blocks = Workspace.links(data.length + links.size());
            runs.forEach(from, to, (dense, at, length) -> {
                for (int done = 0; done < length; done += BLOCK) {
                    int n = Math.min(BLOCK, length - done);
                    for (int o = 0; o < data.length; o++) {
                        load(data[o], at[o], runs.stride(o), done, n, blocks[o]);
                    }
                    for (int i = 0; i < links.size(); i++) {
                        link(links.get(i), blocks, blocks[data.length + i], n);
                    }
                    System.arraycopy(blocks[blocks.length - 1], 0, floats(out), offset(out) + dense + done, n);
                }
            });
        });
    }

    /** A vector of channels stands in axis 1. */
    private static Shape channels(Shape out) {
        int[] sizes = new int[out.rank()];
        Arrays.fill(sizes, 1);
        sizes[1] = out.size(1);
        return Shape.of(sizes);
    }

    private static void load(float[] data, int at, int stride, int done, int n, float[] block) {
        if (stride == 0) {
            Arrays.fill(block, 0, n, data[at]);
        } else {
            System.arraycopy(data, at + done, block, 0, n);
        }
    }

    private static void link(Instruction link, float[][] blocks, float[] y, int n) {
        AxisList in = link.operands();
        float[] a = blocks[in.get(0)];
        float[] b = blocks[in.get(Math.min(1, in.size() - 1))];
        float[] c = blocks[in.get(in.size() - 1)];
        switch (link.function()) {
            case Primitive.Unary unary -> Loops.unary(unary, a, y, n);
            case Primitive.Binary binary -> Loops.binary(binary.function(), a, b, y, n);
            case Primitive.Select select -> Loops.select(a, b, c, y, n);
            case Primitive.ChannelAffine affine -> Loops.affine(a, b, c, y, n);
            default -> throw new IllegalArgumentException(link.function() + " does not work element by element");
        }
    }
}
