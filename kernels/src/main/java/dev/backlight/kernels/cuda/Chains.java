package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.List;

/** Chains of element-by-element primitives as programs that {@code chain.cu} interprets, in one pass over memory. */
final class Chains {
    /** As in {@code chain.cu}; a chain of the engine's greatest length has no more operands than that. */
    private static final int MAX_LINKS = 12;

    private static final int MAX_OPERANDS = 26;
    private static final int LINK_BYTES = 8 + 2 * Double.BYTES;
    private static final int OPERAND_BYTES = 2 * Long.BYTES + Layout.STRIDES_BYTES;
    private static final int PROGRAM_BYTES =
            2 * Integer.BYTES + Layout.EXTENTS_BYTES + MAX_LINKS * LINK_BYTES + MAX_OPERANDS * OPERAND_BYTES;

    /** Codes of links that are no unary functions; the first is that of the first binary function. */
    private static final int BINARY = 32;

    private static final int SELECT = 64;
    private static final int CHANNEL_AFFINE = 65;

    private enum Mode {
        DENSE(0),
        SINGLE(1),
        STRIDED(2);

        /** What the kernel knows it by. */
        private final int code;

        Mode(int code) {
            this.code = code;
        }
    }

    private final Launcher launcher;

    Chains(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Runs a chain; the output may lie on an operand of its own shape. */
    void run(Primitive.Fused chain, List<DeviceArray> operands, DeviceArray output) {
        List<Primitive.Instruction> links = chain.instructions();
        if (links.size() > MAX_LINKS || operands.size() > MAX_OPERANDS) {
            throw new UnsupportedOpException("device cuda runs chains of up to " + MAX_LINKS + " links and "
                    + MAX_OPERANDS + " operands, but found " + links.size() + " and " + operands.size());
        }
        Shape shape = output.shape();
        long[][] strides = strides(links, operands, shape);
        Layout layout = Layout.of(shape, strides);
        Struct program = new Struct(PROGRAM_BYTES).i32(operands.size()).i32(links.size());
        layout.extents(program);
        links.forEach(link -> link(program, link));
        program.skip((MAX_LINKS - links.size()) * LINK_BYTES);
        for (int i = 0; i < operands.size(); i++) {
            program.array(operands.get(i)).i64(mode(operands.get(i), shape).code);
            layout.strides(program, i);
        }
        program.skip((MAX_OPERANDS - operands.size()) * OPERAND_BYTES);
        Arguments arguments = new Arguments().bytes(program.finished()).array(output);
        launcher.launch(new Launch(Types.kernel("chain", "run", output.dtype()), Types.packs(output), 0, arguments));
    }

    private static Mode mode(DeviceArray operand, Shape output) {
        long elements = operand.shape().elements();
        return elements == output.elements() ? Mode.DENSE : elements == 1 ? Mode.SINGLE : Mode.STRIDED;
    }

    /** ChannelAffine's vectors stand in the channels' axis; everything else is aligned at the innermost. */
    private static long[][] strides(List<Primitive.Instruction> links, List<DeviceArray> operands, Shape output) {
        long[][] strides = new long[operands.size()][];
        for (int i = 0; i < strides.length; i++) {
            Shape shape = operands.get(i).shape();
            strides[i] = mode(operands.get(i), output) == Mode.STRIDED && isPerChannel(i, links)
                    ? perChannel(output)
                    : Layout.broadcast(shape, output);
        }
        return strides;
    }

    private static boolean isPerChannel(int operand, List<Primitive.Instruction> links) {
        return links.stream()
                .filter(link -> link.function() instanceof Primitive.ChannelAffine)
                .anyMatch(link ->
                        link.operands().get(1) == operand || link.operands().get(2) == operand);
    }

    private static long[] perChannel(Shape output) {
        long[] strides = new long[output.rank()];
        strides[1] = 1;
        return strides;
    }

    private static void link(Struct program, Primitive.Instruction link) {
        AxisList sources = link.operands();
        program.i8(code(link.function()));
        for (int k = 0; k < 3; k++) {
            program.i8(k < sources.size() ? sources.get(k) : 0);
        }
        program.skip(4);
        Primitive.Unary unary = link.function() instanceof Primitive.Unary u ? u : null;
        program.f64(unary == null ? 0 : unary.alpha()).f64(unary == null ? 0 : unary.beta());
    }

    private static int code(Primitive function) {
        return switch (function) {
            case Primitive.Unary unary -> Codes.of(unary.function());
            case Primitive.Binary binary -> BINARY + Codes.of(binary.function());
            case Primitive.Select select -> SELECT;
            case Primitive.ChannelAffine affine -> CHANNEL_AFFINE;
            default -> throw new IllegalArgumentException(function + " does not work element by element");
        };
    }
}
