package dev.backlight.benchmarks.gpu;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/** One case at least for every kernel family, and the convolutions of well-known networks. */
final class KernelCases {
    private static final Shape ACTIVATIONS = Shape.of(32, 64, 64, 64);
    private static final WindowGeometry WINDOW3 = WindowGeometry.square(3, 1, 1);
    private static final WindowGeometry WINDOW1 = WindowGeometry.square(1, 1, 0);
    private static final WindowGeometry POOL = WindowGeometry.square(3, 2, 1);

    /** max(x, 0)·y·x in one pass. */
    private static final Primitive THREE = new Primitive.Fused(List.of(
            new Primitive.Instruction(new Primitive.Unary(UnaryFunction.POSITIVE_PART), AxisList.of(0)),
            new Primitive.Instruction(new Primitive.Binary(BinaryFunction.MULTIPLY), AxisList.of(2, 1)),
            new Primitive.Instruction(new Primitive.Binary(BinaryFunction.MULTIPLY), AxisList.of(3, 0))));

    private KernelCases() {}

    /** Those whose names contain the text. */
    static List<KernelCase> named(String text) {
        return all().stream().filter(one -> one.name().contains(text)).toList();
    }

    private static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        addElementwise(cases);
        addRules(cases);
        addReductions(cases);
        addSoftmax(cases);
        addMovement(cases);
        addPooling(cases);
        addIndexing(cases);
        addProducts(cases);
        addConvolutions(cases, "3×3 64→64, 32², N=128", 128, 64, 64, 32, WINDOW3, 1);
        addConvolutions(cases, "VGG 3×3 64→64, 224², N=16", 16, 64, 64, 224, WINDOW3, 1);
        addConvolutions(cases, "VGG 3×3 256→256, 56², N=64", 64, 256, 256, 56, WINDOW3, 1);
        addConvolutions(cases, "VGG 3×3 512→512, 14², N=64", 64, 512, 512, 14, WINDOW3, 1);
        addConvolutions(cases, "1×1 256→64, 56², N=64", 64, 256, 64, 56, WINDOW1, 1);
        addConvolutions(cases, "DenseNet 3×3 128→32, 28², N=64", 64, 128, 32, 28, WINDOW3, 1);
        addConvolutions(cases, "depthwise 3×3 144, 56², N=64", 64, 144, 144, 56, WINDOW3, 144);
        return cases;
    }

    /** A copy, whose rate is what memory can do: of ten times what the largest caches hold. */
    static KernelCase copy() {
        return ofMemory("copy", new Primitive.Cast(), ACTIVATIONS.with(0, 16 * ACTIVATIONS.size(0)));
    }

    private static KernelCase ofMemory(String name, Primitive primitive, Shape... inputs) {
        return KernelCase.ofMemory(name, primitive, List.of(inputs), inputs[0]);
    }

    private static void addElementwise(List<KernelCase> cases) {
        Shape channels = Shape.of(ACTIVATIONS.size(1));
        cases.add(KernelCase.ofMemory("fill", new Primitive.Fill(1), List.of(), ACTIVATIONS));
        cases.add(KernelCase.ofMemory(
                "normal random numbers",
                new Primitive.Random(Primitive.Distribution.NORMAL, 1),
                List.of(),
                ACTIVATIONS));
        cases.add(ofMemory("rectifier", new Primitive.Unary(UnaryFunction.POSITIVE_PART), ACTIVATIONS));
        cases.add(ofMemory("exponential", new Primitive.Unary(UnaryFunction.EXP), ACTIVATIONS));
        cases.add(ofMemory("product", new Primitive.Binary(BinaryFunction.MULTIPLY), ACTIVATIONS, ACTIVATIONS));
        cases.add(ofMemory(
                "product, broadcast over the batch",
                new Primitive.Binary(BinaryFunction.MULTIPLY),
                ACTIVATIONS,
                ACTIVATIONS.with(0, 1)));
        cases.add(ofMemory("select", new Primitive.Select(), ACTIVATIONS, ACTIVATIONS, ACTIVATIONS));
        cases.add(ofMemory("chain of three", THREE, ACTIVATIONS, ACTIVATIONS));
        cases.add(ofMemory("affine per channel", new Primitive.ChannelAffine(), ACTIVATIONS, channels, channels));
        cases.add(KernelCase.ofMemory(
                "Adam",
                new Primitive.AdamStep(1e-3, 0.9, 0.999, 1e-8, 0, 1),
                List.of(ACTIVATIONS, ACTIVATIONS, ACTIVATIONS),
                ACTIVATIONS));
        cases.add(KernelCase.ofMemory(
                "SGD with momentum",
                new Primitive.SgdStep(1e-3, 0.9, 0, true),
                List.of(ACTIVATIONS, ACTIVATIONS),
                ACTIVATIONS));
    }

    private static void addRules(List<KernelCase> cases) {
        Shape x = ACTIVATIONS;
        Shape four = Shape.of(4, x.size(0), x.size(1), x.size(2), x.size(3));
        Shape five = four.with(0, 5);
        Shape parameters = Shape.of(3, x.size(0), x.size(1), x.size(2), x.size(3));
        cases.add(KernelCase.ofMemory(
                "learned rule, forward", new Primitive.LearnedRule(0), List.of(x, x, parameters), x));
        cases.add(KernelCase.ofMemory(
                "learned rule, gradient", new Primitive.LearnedRule(1), List.of(x, x, parameters, x), four));
        cases.add(KernelCase.ofMemory(
                "learned rule, second gradient",
                new Primitive.LearnedRule(2),
                List.of(x, x, parameters, x, four),
                five));
    }

    private static void addReductions(List<KernelCase> cases) {
        Shape x = ACTIVATIONS;
        Primitive sum = new Primitive.Reduce(Primitive.Reduction.SUM);
        cases.add(KernelCase.ofMemory("sum of all", sum, List.of(x), Shape.of(1, 1, 1, 1)));
        cases.add(KernelCase.ofMemory("sum per channel", sum, List.of(x), Shape.of(1, x.size(1), 1, 1)));
        cases.add(KernelCase.ofMemory("sum over channels", sum, List.of(x), x.with(1, 1)));
        cases.add(KernelCase.ofMemory(
                "maximum per image",
                new Primitive.Reduce(Primitive.Reduction.MAX),
                List.of(x),
                Shape.of(x.size(0), 1, 1, 1)));
        cases.add(KernelCase.giving(DType.I64, "largest of the channels", new Primitive.ArgMax(1), x, x.with(1, 1)));
        cases.add(KernelCase.ofMemory(
                "dot product per channel", new Primitive.ChannelDot(), List.of(x, x), Shape.of(x.size(1))));
    }

    private static void addSoftmax(List<KernelCase> cases) {
        cases.add(ofMemory("softmax over channels", new Primitive.Softmax(1, false), ACTIVATIONS));
        cases.add(ofMemory(
                "softmax of rows of 256",
                new Primitive.Softmax(1, false),
                Shape.of((int) (ACTIVATIONS.elements() / 256), 256)));
        cases.add(ofMemory("log-softmax of rows of 1000", new Primitive.Softmax(1, true), Shape.of(1 << 13, 1000)));
        cases.add(ofMemory("softmax of rows of 65,536", new Primitive.Softmax(1, false), Shape.of(128, 1 << 16)));
    }

    private static void addMovement(List<KernelCase> cases) {
        Shape x = ACTIVATIONS;
        cases.add(KernelCase.ofMemory(
                "transposition of channels",
                new Primitive.Permute(AxisList.of(0, 2, 3, 1)),
                List.of(x),
                Shape.of(x.size(0), x.size(2), x.size(3), x.size(1))));
        Shape half = x.with(3, x.size(3) / 2);
        AxisList start = AxisList.of(0, 0, 0, 1);
        AxisList step = AxisList.of(1, 1, 1, 2);
        cases.add(KernelCase.ofMemory("every second column", new Primitive.Slice(start, step), List.of(x), half));
        cases.add(KernelCase.ofMemory("its adjoint", new Primitive.Embed(start, step), List.of(half), x));
        cases.add(KernelCase.ofMemory("broadcast", new Primitive.Broadcast(), List.of(x.with(0, 1)), x));
        cases.add(
                KernelCase.ofMemory("concatenation", new Primitive.Concat(1), List.of(x, x), x.with(1, 2 * x.size(1))));
    }

    private static void addPooling(List<KernelCase> cases) {
        Shape x = ACTIVATIONS;
        Shape y = Shape.of(x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2);
        cases.add(KernelCase.giving(DType.I64, "places of maxima 3×3/2", new Primitive.MaxPoolIndices(POOL), x, y));
        cases.add(KernelCase.ofMemory("window sum 3×3/2", new Primitive.WindowSum(POOL), List.of(x), y));
        cases.add(KernelCase.ofMemory("its adjoint", new Primitive.WindowSumAdjoint(POOL), List.of(y), x));
    }

    /** By indices like those of max-pooling 2×2, and of rows. */
    private static void addIndexing(List<KernelCase> cases) {
        int places = ACTIVATIONS.size(2) * ACTIVATIONS.size(3);
        Shape planes = Shape.of(ACTIVATIONS.size(0), ACTIVATIONS.size(1), places);
        Shape pooled = planes.with(2, places / 4);
        cases.add(KernelCase.indexed(
                "gather in planes", new Primitive.GatherElements(2), planes, pooled, places, pooled));
        cases.add(
                KernelCase.indexed("its adjoint", new Primitive.ScatterAddElements(2), pooled, pooled, places, planes));
        Shape table = Shape.of(1 << 17, 64);
        Shape rows = Shape.of(1 << 16);
        Shape taken = table.with(0, rows.size(0));
        cases.add(KernelCase.indexed("rows of a table", new Primitive.Take(0), table, rows, table.size(0), taken));
        cases.add(KernelCase.indexed("its adjoint", new Primitive.TakeAdjoint(0), taken, rows, table.size(0), table));
    }

    private static void addProducts(List<KernelCase> cases) {
        for (int side : new int[] {1024, 4096}) {
            Shape square = Shape.of(1, side, side);
            cases.add(KernelCase.of(
                    "matrix product " + side + "²",
                    new Primitive.MatMul(false, false),
                    List.of(square, square),
                    square,
                    2.0 * side * side * side));
        }
    }

    private static void addConvolutions(
            List<KernelCase> cases, String name, int n, int c, int o, int side, WindowGeometry window, int groups) {
        Shape x = Shape.of(n, c, side, side);
        Shape w = Shape.of(o, c / groups, window.height(), window.width());
        Shape y = Primitive.convolutionShape(x, w, window);
        double flop = 2.0 * y.elements() * w.elements() / o;
        cases.add(KernelCase.of(name, new Primitive.Convolution(window, groups), List.of(x, w), y, flop));
        cases.add(KernelCase.of(
                name + ", input gradient",
                new Primitive.ConvolutionInputGradient(window, groups),
                List.of(y, w),
                x,
                flop));
        cases.add(KernelCase.of(
                name + ", weight gradient",
                new Primitive.ConvolutionWeightGradient(window, groups),
                List.of(x, y),
                w,
                flop));
    }
}
