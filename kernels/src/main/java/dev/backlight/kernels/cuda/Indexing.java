package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;

/** Gathers by index and their adjoints. */
final class Indexing {
    private static final String MODULE = "indexing";

    /** As in {@code indexing.cu}. */
    private static final int CHUNK = 128;

    private static final int RANGE = 1024;
    private static final int WARPS = 4;
    private static final int SPAN_BYTES = 2 * Long.BYTES;
    private static final int SORTED = 1024;

    private final Launcher launcher;
    private final Faults faults;

    Indexing(Launcher launcher, Faults faults) {
        this.launcher = launcher;
        this.faults = faults;
    }

    /** Arrays outer × axis × inner: the indexed side has {@code size} elements along the axis, the other {@code count}. */
    private record Axis(long outer, long size, long count, long inner) {
        static Axis of(Shape indexed, Shape other, int axis) {
            int at = indexed.axis(axis);
            long inner = 1;
            for (int i = at + 1; i < indexed.rank(); i++) {
                inner *= indexed.size(i);
            }
            long outer = 1;
            for (int i = 0; i < at; i++) {
                outer *= indexed.size(i);
            }
            return new Axis(outer, indexed.size(at), other.size(at), inner);
        }

        /** The structs {@code Extents} of a walk over one of the sides, and {@code Axis}. */
        Arguments arguments(long along) {
            Struct walk = Layout.ofAxes(inner, along, outer).extents(new Struct(Layout.EXTENTS_BYTES));
            return new Arguments().bytes(walk.finished()).bytes(struct().finished());
        }

        Struct struct() {
            return new Struct(3 * Long.BYTES).i64(size).i64(count).i64(inner);
        }
    }

    void take(int axis, DeviceArray x, DeviceArray indices, DeviceArray out) {
        gather("take", axis, x, indices, out);
    }

    void gather(int axis, DeviceArray x, DeviceArray indices, DeviceArray out) {
        gather("gather", axis, x, indices, out);
    }

    private void gather(String function, int axis, DeviceArray x, DeviceArray indices, DeviceArray out) {
        Axis a = Axis.of(x.shape(), out.shape(), axis);
        Arguments arguments =
                a.arguments(a.count).array(x).array(indices).array(out).address(faults.address());
        launcher.launch(new Launch(Types.kernel(MODULE, function, out.dtype()), Types.packs(out), 0, arguments));
    }

    /** Sorts the indices, so that every element of the axis adds what a run of them names. */
    void takeAdjoint(int axis, DeviceArray u, DeviceArray indices, DeviceArray out) {
        Axis a = Axis.of(out.shape(), u.shape(), axis);
        long list = a.count * Long.BYTES;
        long first = launcher.workspace(2 * list + (a.size + 1) * Integer.BYTES);
        long begins = first + 2 * list;
        long sorted = sorted(a, indices, first, first + list);
        launcher.launch(new Launch(
                new Kernel(MODULE, "indexing_begins"),
                Grid.linear(a.size + 1, 1, Types.THREADS),
                0,
                new Arguments().i64(a.size).i64(a.count).address(sorted).address(begins)));
        Arguments arguments =
                a.arguments(a.size).array(u).address(sorted).address(begins).array(out);
        launchPerElement("take_adjoint", out, arguments);
    }

    /** Chunks are sorted in shared memory and then merged, two and two; of the two lists the one that has the result. */
    private long sorted(Axis a, DeviceArray indices, long one, long other) {
        Arguments chunks = new Arguments()
                .i64(a.size)
                .i32((int) a.count)
                .array(indices)
                .address(one)
                .address(faults.address());
        Grid grid = new Grid(blocks(a.count, SORTED), 1, 1, Types.THREADS);
        launcher.launch(new Launch(new Kernel(MODULE, "indexing_sort"), grid, 0, chunks));
        long from = one;
        long to = other;
        for (long width = SORTED; width < a.count; width *= 2) {
            Arguments runs =
                    new Arguments().i64(a.count).i64(width).address(from).address(to);
            launcher.launch(
                    new Launch(new Kernel(MODULE, "indexing_merge"), Grid.linear(a.count, 1, Types.THREADS), 0, runs));
            long merged = to;
            to = from;
            from = merged;
        }
        return from;
    }

    void scatterAdd(int axis, DeviceArray u, DeviceArray indices, DeviceArray out) {
        Axis a = Axis.of(out.shape(), u.shape(), axis);
        if (a.inner == 1) {
            scatterRows(a, u, indices, out);
        } else {
            Arguments arguments =
                    a.arguments(a.size).array(u).array(indices).array(out).address(faults.address());
            launchPerElement("scatter_lines", out, arguments);
        }
    }

    private void scatterRows(Axis a, DeviceArray u, DeviceArray indices, DeviceArray out) {
        long chunks = Math.ceilDiv(a.count, CHUNK);
        long ranges = Math.ceilDiv(a.size, RANGE);
        long spans = 0;
        if (chunks > 1 && ranges > 1) {
            long warps = a.outer * chunks;
            spans = launcher.workspace(warps * SPAN_BYTES);
            Arguments of = new Arguments()
                    .i64(a.outer)
                    .bytes(a.struct().finished())
                    .i64(chunks)
                    .array(indices)
                    .address(spans)
                    .address(faults.address());
            launcher.launch(new Launch(
                    new Kernel(MODULE, "indexing_spans"), new Grid(blocks(warps, 8), 1, 1, Types.THREADS), 0, of));
        }
        Arguments arguments = new Arguments()
                .i64(a.outer)
                .bytes(a.struct().finished())
                .i64(ranges)
                .i64(chunks)
                .array(u)
                .array(indices)
                .address(spans)
                .array(out)
                .address(faults.address());
        Grid grid = new Grid(blocks(a.outer * ranges, WARPS), 1, 1, 32 * WARPS);
        launcher.launch(new Launch(Types.kernel(MODULE, "scatter_rows", out.dtype()), grid, 0, arguments));
    }

    private static int blocks(long parts, int perBlock) {
        return Grid.linear(parts, perBlock, 1).x();
    }

    private void launchPerElement(String function, DeviceArray out, Arguments arguments) {
        Grid grid = Grid.linear(out.shape().elements(), 1, Types.THREADS);
        launcher.launch(new Launch(Types.kernel(MODULE, function, out.dtype()), grid, 0, arguments));
    }
}
