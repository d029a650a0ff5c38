package dev.backlight.engine.backend;

import java.util.ArrayList;
import java.util.List;

/** What composite primitives mean: their parts executed one after the other. Backends without a fused form run this. */
public final class Decomposition {
    private Decomposition() {}

    /** Runs a chain link by link. */
    public static void run(Primitive.Fused chain, Backend backend, List<DeviceArray> inputs, DeviceArray output) {
        try (Scope scope = Scope.open()) {
            List<DeviceArray> known = new ArrayList<>(inputs);
            int left = chain.instructions().size();
            for (Primitive.Instruction instruction : chain.instructions()) {
                DeviceArray result = --left == 0 ? output : backend.allocate(output.dtype(), output.shape());
                List<DeviceArray> operands = new ArrayList<>();
                for (int i = 0; i < instruction.operands().size(); i++) {
                    operands.add(known.get(instruction.operands().get(i)));
                }
                backend.execute(instruction.function(), operands, result);
                known.add(result);
            }
        }
    }

    /** Runs the head, then the chain on its result. */
    public static void run(
            Primitive.WithEpilogue fused, Backend backend, List<DeviceArray> inputs, DeviceArray output) {
        try (Scope scope = Scope.open()) {
            DeviceArray result = backend.allocate(output.dtype(), output.shape());
            backend.execute(fused.head(), inputs.subList(0, fused.operands()), result);
            List<DeviceArray> operands = new ArrayList<>(inputs.subList(fused.operands() - 1, inputs.size()));
            operands.set(0, result);
            run(fused.epilogue(), backend, operands, output);
        }
    }

    /** Runs the primitive on copies in the plain layout. */
    public static void run(Primitive.Nchwc blocked, Backend backend, List<DeviceArray> inputs, DeviceArray output) {
        try (Scope scope = Scope.open()) {
            List<DeviceArray> plain = new ArrayList<>();
            for (DeviceArray input : inputs) {
                if (input.shape().rank() == 5) {
                    plain.add(backend.allocate(input.dtype(), ChannelBlocks.plain(input.shape())));
                    ChannelBlocks.splitting(input, plain.getLast()).on(backend);
                } else {
                    plain.add(input);
                }
            }
            if (output.shape().rank() < 5) {
                backend.execute(blocked.primitive(), plain, output);
                return;
            }
            DeviceArray result = backend.allocate(output.dtype(), ChannelBlocks.plain(output.shape()));
            backend.execute(blocked.primitive(), plain, result);
            ChannelBlocks.joining(result, output).on(backend);
        }
    }
}
