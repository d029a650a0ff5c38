package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Chains of element-by-element primitives. Blocks of elements that fit the first-level cache pass through all links, each
 * with the loop that also serves the single primitive, so that a chain gives the same bits as its links one by one.
 */
final class Chains {
    /** Elements held in the first-level cache at once, over all operands and results of a chain. */
    private static final int CACHED = 6 * 1024;

    private static final int L = Lanes.FLOAT.length();

    private final Parallel parallel;
    private final int piece;

    /** @param piece elements that several chains are applied to in turn, before the next ones */
    Chains(Parallel parallel, int piece) {
        this.parallel = parallel;
        this.piece = piece;
    }

    void run(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out) {
        Bound bound = new Bound(chain, in, out);
        Chunks.forEach(parallel, (int) out.shape().elements(), bound::run);
    }

    /** Chains and single primitives that work element by element, as {@link Backend#executeTogether} describes it. */
    void runTogether(List<Execution> executions) {
        List<Bound> all = executions.stream().map(Bound::of).toList();
        int elements = (int) executions.getFirst().output().shape().elements();
        int size = Chunks.evenSize(elements, Math.min(piece, Chunks.LEAST), piece, parallel.threads());
        Chunks.forEach(parallel, elements, size, (from, to) -> all.forEach(one -> one.run(from, to)));
    }

    /** The same on images in channel blocks. */
    void runInBlocks(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out) {
        Bound bound = Bound.inBlocks(chain, in, out);
        Chunks.forEach(parallel, (int) out.shape().elements(), bound::run);
    }

    /** A chain with its operands, to be run over ranges of the output by any thread. */
    static final class Bound {
        private final List<Primitive.Instruction> instructions;
        private final float[][] data;
        private final StridedRuns runs;
        private final float[] out;
        private final int outAt;

        /** Per operand, after how many elements it repeats where it does not advance along a run. */
        private final int[] periods;

        Bound(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out) {
            this(chain, in, out, runs(chain, in, out), ones(in.size()));
        }

        private Bound(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out, StridedRuns runs, int[] periods) {
            this.instructions = chain.instructions();
            this.data = in.stream().map(array -> floats(array)).toArray(float[][]::new);
            this.out = floats(out);
            this.outAt = offset(out);
            this.runs = runs;
            this.periods = periods;
        }

        static Bound of(Execution execution) {
            List<DeviceArray> in = execution.inputs();
            DeviceArray out = execution.output();
            return switch (execution.primitive()) {
                case Primitive.Fused chain -> new Bound(chain, in, out);
                case Primitive.Nchwc(Primitive.Fused chain) -> inBlocks(chain, in, out);
                case Primitive.Unary unary -> new Bound(Primitive.Fused.of(unary, 1), in, out);
                case Primitive.Binary binary -> new Bound(Primitive.Fused.of(binary, 2), in, out);
                case Primitive.Select select -> new Bound(Primitive.Fused.of(select, 3), in, out);
                case Primitive.ChannelAffine affine -> new Bound(Primitive.Fused.of(affine, 3), in, out);
                default ->
                    throw new IllegalArgumentException(execution.primitive() + " does not work element by element");
            };
        }

        /** A chain on images in blocks of a vector's channels, whose runs are whole planes of a block where they can be. */
        static Bound inBlocks(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out) {
            int[] starts = in.stream().mapToInt(array -> offset(array)).toArray();
            Shape[] shapes = shapes(chain, in, out.shape(), Bound::perChannel);
            int[] periods = ones(in.size());
            long[][] strides = new long[in.size()][];
            for (int o = 0; o < shapes.length; o++) {
                long[] own = StridedRuns.broadcastStrides(shapes[o], out.shape());
                boolean advances = own[2] != 0 || own[3] != 0;
                if (advances && !coversPlanes(own, out.shape())) {
                    return new Bound(
                            chain, in, out, StridedRuns.broadcast(out.shape(), starts, shapes), ones(in.size()));
                }
                periods[o] = own[4] != 0 && !advances ? L : 1;
                strides[o] = new long[] {own[0], own[1], advances ? 1 : 0};
            }
            Shape s = out.shape();
            Shape planes = Shape.of(s.size(0), s.size(1), s.size(2) * s.size(3) * s.size(4));
            return new Bound(chain, in, out, new StridedRuns(planes, starts, strides), periods);
        }

        private static boolean coversPlanes(long[] own, Shape blocks) {
            long[] dense = blocks.strides();
            return own[4] == 1
                    && (blocks.size(3) == 1 || own[3] == dense[3])
                    && (blocks.size(2) == 1 || own[2] == dense[2]);
        }

        private static StridedRuns runs(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out) {
            int[] starts = in.stream().mapToInt(array -> offset(array)).toArray();
            return StridedRuns.broadcast(out.shape(), starts, shapes(chain, in, out.shape(), Bound::column));
        }

        private static int[] ones(int count) {
            int[] ones = new int[count];
            Arrays.fill(ones, 1);
            return ones;
        }

        /** ChannelAffine's vectors stand in the channels' axis; everything else is aligned at the innermost. */
        private static Shape[] shapes(
                Primitive.Fused chain, List<DeviceArray> in, Shape out, UnaryOperator<Shape> ofVectors) {
            Shape[] shapes = in.stream().map(DeviceArray::shape).toArray(Shape[]::new);
            for (Primitive.Instruction instruction : chain.instructions()) {
                if (instruction.function() instanceof Primitive.ChannelAffine) {
                    for (int vector = 1; vector <= 2; vector++) {
                        int operand = instruction.operands().get(vector);
                        shapes[operand] = ofVectors.apply(out);
                    }
                }
            }
            return shapes;
        }

        private static Shape perChannel(Shape blocks) {
            return Shape.of(blocks.size(0), 1, 1, 1, blocks.size(4));
        }

        private static Shape column(Shape out) {
            int[] sizes = new int[out.rank()];
            Arrays.fill(sizes, 1);
            sizes[1] = out.size(1);
            return Shape.of(sizes);
        }

        /** Elements {@code from} … {@code to}−1 of the output; in blocks of channels {@code from} is a multiple of a vector's. */
        void run(int from, int to) {
            Registers registers = new Registers(this);
            runs.forEach(from, to, (dense, at, length) -> registers.run(at, outAt + dense, length));
        }
    }

    /** The blocks of operands and results of one thread. */
    private static final class Registers {
        private final Bound chain;
        private final int operands;
        private final int block;
        private final float[] scratch;
        private final float[][] seen;
        private final int[] places;

        Registers(Bound chain) {
            this.chain = chain;
            this.operands = chain.data.length;
            int count = operands + chain.instructions.size();
            this.block = Math.max(4 * L, CACHED / count / L * L);
            this.scratch = Scratch.PANELS.floats(count * block);
            this.seen = new float[count][];
            this.places = new int[count];
        }

        void run(int[] at, int to, int length) {
            for (int done = 0; done < length; done += block) {
                block(at, done, to + done, Math.min(block, length - done));
            }
        }

        private void block(int[] at, int done, int to, int length) {
            int whole = length / L * L;
            for (int o = 0; o < operands; o++) {
                boolean stretched = chain.runs.stride(o) == 0;
                if (stretched && done == 0) {
                    repeat(chain.data[o], at[o], chain.periods[o], o * block, Math.max(L, Math.min(block, length)));
                }
                seen[o] = stretched ? scratch : chain.data[o];
                places[o] = stretched ? o * block : at[o] + done;
            }
            if (whole > 0) {
                instructions(chain.out, to, whole);
            }
            if (whole < length) {
                tail(at, done + whole, to + whole, length - whole);
            }
        }

        private void repeat(float[] from, int at, int period, int to, int count) {
            if (period == 1) {
                Arrays.fill(scratch, to, to + count, from[at]);
                return;
            }
            for (int done = 0; done < count; done += period) {
                System.arraycopy(from, at, scratch, to + done, period);
            }
        }

        /** The last elements, which do not fill a vector, are brought into one and back. */
        private void tail(int[] at, int done, int to, int count) {
            for (int o = 0; o < operands; o++) {
                if (chain.runs.stride(o) != 0) {
                    System.arraycopy(chain.data[o], at[o] + done, scratch, o * block, count);
                    Arrays.fill(scratch, o * block + count, o * block + L, 0);
                    seen[o] = scratch;
                    places[o] = o * block;
                }
            }
            int result = (seen.length - 1) * block;
            instructions(scratch, result, L);
            System.arraycopy(scratch, result, chain.out, to, count);
        }

        private void instructions(float[] target, int to, int n) {
            int last = chain.instructions.size() - 1;
            for (int i = 0; i <= last; i++) {
                int result = operands + i;
                seen[result] = i == last ? target : scratch;
                places[result] = i == last ? to : result * block;
                Primitive.Instruction instruction = chain.instructions.get(i);
                link(instruction.function(), instruction.operands(), seen[result], places[result], n);
            }
        }

        private void link(Primitive function, AxisList in, float[] y, int to, int n) {
            int a = in.get(0);
            int b = in.get(Math.min(1, in.size() - 1));
            int c = in.get(in.size() - 1);
            switch (function) {
                case Primitive.Unary unary -> UnaryLoops.run(unary, seen[a], places[a], y, to, n);
                case Primitive.Binary binary ->
                    BinaryLoops.run(binary.function(), seen[a], places[a], seen[b], places[b], y, to, n);
                case Primitive.Select select ->
                    BinaryLoops.select(seen[a], places[a], seen[b], places[b], seen[c], places[c], y, to, n);
                case Primitive.ChannelAffine affine ->
                    BinaryLoops.affine(seen[a], places[a], seen[b], places[b], seen[c], places[c], y, to, n);
                default -> throw new IllegalArgumentException(function + " does not work element by element");
            }
        }
    }
}
