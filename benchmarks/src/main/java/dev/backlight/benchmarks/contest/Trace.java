package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Add;
import dev.backlight.engine.op.AvgPool;
import dev.backlight.engine.op.BatchNorm;
import dev.backlight.engine.op.Concat;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Linear;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.op.Reshape;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network as a list of steps, read off the tape of its own forward pass, so that a peer runs the very same one.
 *
 * @param places value 0 is the input, value i + 1 what place i gives
 */
public record Trace(List<Place> places) {
    /** A step and the values it reads. */
    public record Place(Step step, int[] inputs, Shape output) {
        boolean reads(int value) {
            return Arrays.stream(inputs).anyMatch(input -> input == value);
        }
    }

    /**
     * Follows the network through one image, without computing anything.
     *
     * @throws UnsupportedOpException when it has an op that {@link Step} does not know
     */
    static Trace of(Layer network, Tensor like, Shape image) {
        try (Recording recording = Recording.open()) {
            Tape tape = new Tape();
            Tensor output = network.apply(tape.watch(recording.input(like.backend(), like.dtype(), image)));
            return of(tape, output);
        }
    }

    private static Trace of(Tape tape, Tensor output) {
        List<Place> places = new ArrayList<>();
        int rectifiers = 0;
        for (Application at : tape.applications()) {
            Step step = step(at, rectifiers);
            rectifiers += step instanceof Step.Rectifier ? 1 : 0;
            places.add(new Place(step, inputs(at), at.output().shape()));
        }
        Application last = output.application();
        if (last == null || last.index() != places.size() - 1) {
            throw new IllegalStateException("the last op recorded does not make the network's output");
        }
        return new Trace(places);
    }

    private static Step step(Application at, int rectifiers) {
        return switch (at.op()) {
            case Conv2d conv ->
                new Step.Convolution(
                        conv.window(), conv.groups(), at.input(1), at.inputs().size() == 3 ? at.input(2) : null);
            case BatchNorm norm ->
                new Step.Normalisation(at.input(1), at.input(2), at.input(3), at.input(4), norm.epsilon());
            case Relu relu -> new Step.Rectifier(rectifiers, at.output().shape());
            case MaxPool pool -> {
                WindowGeometry window = pool.window();
                if (window == null) {
                    throw unknown(at);
                }
                yield new Step.MaxPooling(window);
            }
            case AvgPool pool -> new Step.AveragePooling(pool.window());
            case Add add -> new Step.Addition();
            case Concat concat -> {
                require(concat.axis() == 1, at);
                yield new Step.Concatenation();
            }
            case Reshape reshape -> {
                require(reshape.shape().rank() == 2, at);
                yield new Step.Flattening();
            }
            case Linear linear -> new Step.FullyConnected(at.input(1), at.input(2));
            default -> throw unknown(at);
        };
    }

    private static void require(boolean isKnown, Application at) {
        if (!isKnown) {
            throw unknown(at);
        }
    }

    private static UnsupportedOpException unknown(Application at) {
        return new UnsupportedOpException("the comparison does not know " + at + "; add it to Step");
    }

    /** The inputs that come from the image; weights belong to the step. */
    private static int[] inputs(Application at) {
        return at.inputs().stream()
                .filter(input -> input.tape() != null)
                .mapToInt(input -> {
                    Application maker = input.application();
                    return maker == null ? 0 : maker.index() + 1;
                })
                .toArray();
    }

    /** Shapes of the rectifiers' activations for one image, in forward order. */
    public List<Shape> rectifiers() {
        return places.stream()
                .map(Place::step)
                .filter(Step.Rectifier.class::isInstance)
                .map(step -> ((Step.Rectifier) step).shape())
                .toList();
    }

    /** Multiply-adds of a forward pass of one image: convolutions and matrix products, as is usual. */
    public long multiplyAdds() {
        return places.stream().mapToLong(Trace::multiplyAdds).sum();
    }

    private static long multiplyAdds(Place place) {
        return switch (place.step()) {
            case Step.Convolution conv -> place.output().elements() * perOutput(conv.weights());
            case Step.FullyConnected linear -> place.output().elements() * perOutput(linear.weights());
            default -> 0;
        };
    }

    private static long perOutput(Tensor weights) {
        return weights.shape().elements() / weights.shape().size(0);
    }
}
