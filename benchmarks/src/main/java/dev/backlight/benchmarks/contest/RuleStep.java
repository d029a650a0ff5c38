package dev.backlight.benchmarks.contest;

import static dev.backlight.engine.op.Neural.crossEntropy;
import static dev.backlight.engine.op.Neural.sigmoid;
import static dev.backlight.engine.op.Ops.abs;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.maxKeeping;
import static dev.backlight.engine.op.Ops.mean;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sum;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.attribution.method.Targets;
import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Propagation;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The step of rule training that is compared. With pre-activation x and upstream signal u, every rectifier sends back
 * {@code u ⊙ σ(θ + x)}; g is the input gradient of the targets' logits under that rule,
 *
 * <pre>m = Σ_c|g| / max(Σ_c|g|) per image,   loss = cross-entropy(f(x ⊙ m), targets) + 0.1·mean(m)</pre>
 *
 * and the result is the loss's gradient with respect to every θ. A pure function of images and θ.
 */
public final class RuleStep {
    /** Weight of the mean mask in the loss. */
    public static final double SIZE = 0.1;

    private final Layer network;
    private final int[] targets;
    private final Tensor classes;

    /** A step for as many images as there are targets. */
    public RuleStep(Layer network, Backend backend, int[] targets) {
        this.network = network;
        this.targets = targets.clone();
        long[] wide = Arrays.stream(targets).asLongStream().toArray();
        classes = Tensor.of(backend, Shape.of(wide.length), wide);
    }

    /** The loss, and its gradients with respect to the θ. */
    public record Outcome(Tensor loss, List<Tensor> gradients) {}

    /** The forward pass over the unmasked images, which depends on no θ. */
    public record Unmasked(Tape tape, Tensor images, Tensor score, List<Application> rectifiers) {
        /** Shapes of the activations that a θ belongs to. */
        public List<Shape> shapes() {
            return rectifiers.stream().map(at -> at.output().shape()).toList();
        }
    }

    /** Records the unmasked forward pass; it lives in the scope that is open. */
    public Unmasked unmasked(Tensor images) {
        Tape tape = new Tape();
        Tensor watched = tape.watch(images);
        Tensor score = sum(Targets.pick(network.apply(watched), targets));
        List<Application> rectifiers = tape.applications().stream()
                .filter(at -> at.op() instanceof Relu)
                .toList();
        return new Unmasked(tape, watched, score, rectifiers);
    }

    /** The whole step. */
    public Outcome step(Tensor images, List<Tensor> thetas) {
        return step(unmasked(images), thetas);
    }

    /** The step from the second pass on. */
    public Outcome step(Unmasked unmasked, List<Tensor> thetas) {
        Tape tape = new Tape();
        List<Tensor> leaves = thetas.stream().map(tape::watch).toList();
        Tensor g = unmasked.tape
                .gradient(unmasked.score, List.of(unmasked.images), Walk.under(rules(unmasked, leaves)))
                .getFirst();
        Tensor relevance = sumKeeping(abs(g), 1);
        Tensor mask = div(relevance, maxKeeping(relevance, 1, 2, 3));
        Tensor logits = network.apply(mul(unmasked.images.detached(), mask));
        Tensor loss = add(crossEntropy(logits, classes, 0), mul(mean(mask), SIZE));
        return new Outcome(loss, tape.gradient(loss, leaves, Walk.PLAIN));
    }

    private static PropagationMap rules(Unmasked unmasked, List<Tensor> thetas) {
        Map<Integer, Propagation> rules = new HashMap<>();
        for (int i = 0; i < thetas.size(); i++) {
            Tensor theta = thetas.get(i);
            rules.put(
                    unmasked.rectifiers.get(i).index(),
                    (at, upstream) -> Gradients.of(() -> mul(upstream, sigmoid(add(theta, at.input(0))))));
        }
        return application -> rules.get(application.index());
    }
}
