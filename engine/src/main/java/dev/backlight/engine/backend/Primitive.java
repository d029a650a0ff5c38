package dev.backlight.engine.backend;

import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The closed set of what a backend can execute. Every one is a pure function of its input arrays that writes the whole
 * output (of {@link Unary}, {@link Binary}, {@link Select}, {@link ChannelAffine} and {@link Softmax} that may be the memory of
 * an input of the output's shape); its derivatives can be written in these same primitives, which is what makes gradients of any
 * order free. A new primitive does not compile until every backend handles it.
 *
 * <p>Images are {@code N×C×H×W}, convolution weights {@code O×(C/groups)×h×w}.
 */
public sealed interface Primitive {
    /** Every element becomes {@code value}. No inputs. */
    record Fill(double value) implements Primitive {}

    /**
     * Random numbers that depend on the seed and the element's index only (Philox 4×32-10, one block per four
     * consecutive elements; see {@link Philox}). No inputs.
     */
    record Random(Distribution distribution, long seed) implements Primitive {}

    /** The kinds of random numbers: uniform on [0,1), or standard normal. */
    enum Distribution {
        UNIFORM,
        NORMAL
    }

    /** Converts between element types; floating to I64 truncates toward zero. */
    record Cast() implements Primitive {}

    /** One function of one element; {@code alpha} and {@code beta} are its parameters, see {@link UnaryFunction}. */
    record Unary(UnaryFunction function, double alpha, double beta) implements Primitive {
        public Unary(UnaryFunction function) {
            this(function, 0, 0);
        }
    }

    /** One function of two elements; inputs broadcast to the output's shape. */
    record Binary(BinaryFunction function) implements Primitive {}

    /** Inputs: condition, a, b, broadcast to the output's shape. a where the condition is not 0, else b. */
    record Select() implements Primitive {}

    /** Stretches the input to the output's shape. */
    record Broadcast() implements Primitive {}

    /** Reduces every axis whose size in the output is 1 and in the input is not; ranks are equal. */
    record Reduce(Reduction reduction) implements Primitive {}

    /** The ways to reduce. Sums of F32 are accumulated so that the error stays near that of double accumulation. */
    enum Reduction {
        SUM,
        MAX,
        MIN
    }

    /** The I64 index of the largest element along an axis, the first of equals; the output has size 1 there. */
    record ArgMax(int axis) implements Primitive {}

    /**
     * {@code eˣ / Σ eˣ} along an axis, or its logarithm, from {@code e^(x−m)} with m the largest x of the row, so that nothing
     * overflows. A row that holds NaN or +∞, or −∞ alone, has no such quotient and gives NaN throughout; −∞ beside finite
     * numbers gives 0, or −∞. Sums of F32 are accumulated as those of {@link Reduce} are.
     */
    record Softmax(int axis, boolean logarithm) implements Primitive {}

    /** Batched product: {@code B×m×k · B×k×n → B×m×n}; a batch size of 1 stretches; a transposed operand is stored so. */
    record MatMul(boolean transposeA, boolean transposeB) implements Primitive {}

    /** Axis {@code i} of the output is axis {@code order[i]} of the input. */
    record Permute(AxisList order) implements Primitive {}

    /** {@code out[i] = in[start + i·step]} along every axis; steps may be negative. */
    record Slice(AxisList start, AxisList step) implements Primitive {}

    /** The adjoint of {@link Slice}: zeros, with {@code out[start + i·step] = in[i]} along every axis. */
    record Embed(AxisList start, AxisList step) implements Primitive {}

    /**
     * Joins the inputs, which agree in all other axes, along one axis. Where the axes before that have one element each, the
     * output may begin on the first input, which then stays as it is.
     */
    record Concat(int axis) implements Primitive {}

    /** Inputs x and I64 indices of rank 1: {@code out[.., i, ..] = x[.., indices[i], ..]} along an axis. */
    record Take(int axis) implements Primitive {}

    /** The adjoint of {@link Take}: zeros, with {@code out[.., indices[i], ..] += u[.., i, ..]}, in the order of i. */
    record TakeAdjoint(int axis) implements Primitive {}

    /** Inputs x and I64 indices of the output's shape: {@code out[.., i, ..] = x[.., indices[.., i, ..], ..]}. */
    record GatherElements(int axis) implements Primitive {}

    /** The adjoint of {@link GatherElements}: inputs u and indices; zeros, added to in the order of i. */
    record ScatterAddElements(int axis) implements Primitive {}

    /** Inputs x, w and optionally a bias of size O. Cross-correlation, as neural networks mean it. */
    record Convolution(WindowGeometry window, int groups) implements Primitive {}

    /** Inputs u ({@code N×O×OH×OW}) and w; the output has x's shape. */
    record ConvolutionInputGradient(WindowGeometry window, int groups) implements Primitive {}

    /** Inputs x and u; the output has w's shape. */
    record ConvolutionWeightGradient(WindowGeometry window, int groups) implements Primitive {}

    /**
     * For each window the I64 index ({@code y·W + x} within its plane) of the largest element, the first of equals;
     * padding never wins. NaN wins over numbers. The output's size decides how many windows there are (ceil mode).
     */
    record MaxPoolIndices(WindowGeometry window) implements Primitive {}

    /** For each window the sum of its elements, padding counting 0. The output's size decides (ceil mode). */
    record WindowSum(WindowGeometry window) implements Primitive {}

    /** The adjoint of {@link WindowSum}: the output has the pooled input's shape. */
    record WindowSumAdjoint(WindowGeometry window) implements Primitive {}

    /** {@code out[n,c,…] = x[n,c,…]·scale[c] + shift[c]}; inputs x, scale, shift. */
    record ChannelAffine() implements Primitive {}

    /** {@code out[c] = Σ x[n,c,…]·y[n,c,…]}; inputs x and y of one shape. */
    record ChannelDot() implements Primitive {}

    /**
     * The learned propagation rule with sign split and gate, and its derivatives; see the op of that name. With
     * {@code A=σ(a), B=σ(b), C=σ(c)}, {@code G = 1(x>0) + C·1(x≤0)}:
     *
     * <ul>
     *   <li>order 0, inputs x, u, θ={a,b,c}: {@code G·(A·max(u,0) − B·max(−u,0))}, of x's shape
     *   <li>order 1, inputs x, u, θ, v: the order-0 gradient contracted with v: {@code 4×shape}: ∂u, ∂a, ∂b, ∂c
     *   <li>order 2, inputs x, u, θ, v, w ({@code 4×shape}): the order-1 gradient contracted with w:
     *       {@code 5×shape}: ∂u, ∂a, ∂b, ∂c, ∂v
     * </ul>
     */
    record LearnedRule(int order) implements Primitive {}

    /**
     * One step of Adam, in place: the output is the parameter; inputs are the gradient and the two moments, of which the
     * moments are overwritten too. {@code step} counts from 1; {@code weightDecay} is decoupled.
     */
    record AdamStep(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, long step)
            implements Primitive {}

    /**
     * One step of SGD with Nesterov or plain momentum, in place: the output is the parameter; inputs are the gradient
     * and the velocity, which is overwritten too. Weight decay is added to the gradient.
     */
    record SgdStep(double learningRate, double momentum, double weightDecay, boolean nesterov) implements Primitive {}

    /**
     * A chain of primitives that work element by element, in one pass over memory: made by programs only. Instruction j
     * reads operands by number: the k inputs are 0 … k−1, the result of instruction i is k+i. All results have the output's
     * shape; inputs broadcast to it as they do in the single primitives. The output may lie on an input of its own shape.
     *
     * @param instructions in order; the last one's result is the output
     */
    record Fused(List<Instruction> instructions) implements Primitive {
        public Fused {
            instructions = List.copyOf(instructions);
        }

        /** A chain of one link: a Unary, Binary, Select or ChannelAffine of so many operands. */
        public static Fused of(Primitive function, int operands) {
            AxisList all = AxisList.of(IntStream.range(0, operands).toArray());
            return new Fused(List.of(new Instruction(function, all)));
        }
    }

    /** One link of a {@link Fused} chain: a Unary, Binary, Select or ChannelAffine, and its operands. */
    record Instruction(Primitive function, AxisList operands) {}

    /**
     * A convolution or an input gradient of one whose result passes through a chain while it is in the cache: made by
     * programs only. Inputs: the head's {@code operands}, then those of the chain, whose operand 0 is the head's result.
     */
    record WithEpilogue(Primitive head, int operands, Fused epilogue) implements Primitive {}

    /**
     * A primitive on images that keep blocks of channels side by side (NCHWc): made by programs only, for backends that have a
     * {@linkplain Backend#channelBlock() block}. Every operand of rank 5 is {@code C/b×N×H×W×b} and stands for the image
     * {@code N×C×H×W}, and so is the output, save an input gradient of rank 4; all else, such as the plain image that a network begins with
     * and its gradient, is as in the primitive, whose bits the result has.
     *
     * @param primitive a convolution, an input gradient of one, {@link MaxPoolIndices}, {@link WindowSum} or its adjoint, a
     *     {@link Fused} chain or a {@link WithEpilogue}
     */
    record Nchwc(Primitive primitive) implements Primitive {}

    /** The shape a convolution gives. */
    static Shape convolutionShape(Shape x, Shape w, WindowGeometry window) {
        return Shape.of(x.size(0), w.size(0), window.outputHeight(x.size(2)), window.outputWidth(x.size(3)));
    }
}
