package dev.backlight.benchmarks;

import dev.backlight.engine.autodiff.NamePath;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/** A profile of programs that execute the same primitives in every run: each by its place, with what it must do at least. */
public final class LayerProfile extends ProfilingBackend {
    /**
     * One primitive of the program.
     *
     * @param path of the layer that asked for it
     * @param what it is, with shapes
     * @param flop floating-point operations; a multiply-add is two
     * @param bytes of operands and output, each once
     * @param milliseconds of each run
     */
    public record Layer(String path, String what, double flop, double bytes, List<Double> milliseconds) {}

    private final List<Layer> layers = new ArrayList<>();
    private int next;

    public LayerProfile(Backend inner) {
        super(inner);
    }

    @Override
    public void reset() {
        super.reset();
        layers.clear();
        next = 0;
    }

    /** Says that a run has ended. */
    public void nextRun() {
        next = 0;
    }

    /** All primitives, in the order of execution. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    @Override
    protected void account(Primitive primitive, List<DeviceArray> inputs, DeviceArray output, long nanoseconds) {
        super.account(primitive, inputs, output, nanoseconds);
        if (next == layers.size()) {
            double bytes = bytes(output)
                    + inputs.stream().mapToDouble(LayerProfile::bytes).sum();
            layers.add(new Layer(
                    NamePath.current(),
                    describe(primitive, inputs, output),
                    flop(primitive, inputs, output.shape()),
                    bytes,
                    new ArrayList<>()));
        }
        layers.get(next++).milliseconds().add(nanoseconds / 1e6);
    }

    private static String describe(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        String kind = primitive.getClass().getSimpleName();
        String detail = switch (primitive) {
            case Primitive.Convolution conv ->
                " " + conv.window().height() + "×" + conv.window().width()
                        + (conv.window().strideY() == 1
                                ? ""
                                : " /" + conv.window().strideY());
            case Primitive.Unary unary -> " " + unary.function();
            case Primitive.Binary binary -> " " + binary.function();
            default -> "";
        };
        String from = inputs.isEmpty() ? "" : inputs.getFirst().shape() + " → ";
        return kind + detail + " " + from + output.shape();
    }

    private static double bytes(DeviceArray array) {
        return (double) array.shape().elements() * array.storage().dtype().bytes();
    }

    /** Multiply-adds of convolutions and products count twice; of all else one operation per element of the output. */
    private static double flop(Primitive primitive, List<DeviceArray> inputs, Shape output) {
        return switch (primitive) {
            case Primitive.Convolution conv ->
                2.0 * output.elements() * perOutput(inputs.get(1).shape());
            case Primitive.MatMul product ->
                2.0 * output.elements() * inputs.getFirst().shape().size(product.transposeA() ? -2 : -1);
            case Primitive.Reduce reduce -> inputs.getFirst().shape().elements();
            default -> output.elements();
        };
    }

    private static double perOutput(Shape weights) {
        return (double) weights.elements() / weights.size(0);
    }
}
