package dev.backlight.attribution.method;

import dev.backlight.attribution.rule.AffineOps;
import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands in front of a network's first other function: an affine map {@code s(x) = A·x + b} of its input, such as a
 * convolution with its normalisation, so that {@code logits = rest(s(x))}. It takes straight paths to straight paths,
 * {@code s(x′ + α(x − x′)) = s(x′) + α(s(x) − s(x′))}, and gradients behind it come back in front as {@code Aᵀ·∇ₛ}, wherever
 * they were taken; so those of a whole path can be added up behind it. Of a network that begins with something else the stem is
 * the identity.
 */
final class AffineStem {
    /** Where a stem ends, what computes it, and what takes signals back through it. */
    private record Split(Application end, TensorProgram forward, TensorProgram adjoint) {}

    private final Layer network;
    private final Tensor image;
    private final Tensor logits;
    private final @Nullable Split split;

    private AffineStem(Layer network, Tensor image, Tensor logits, @Nullable Split split) {
        this.network = network;
        this.image = image;
        this.logits = logits;
        this.split = split;
    }

    /**
     * The stem for single images, recorded in the innermost open scope; within a recording, where no other can be, the identity.
     *
     * @param image {@code 1×C×H×W}; its numbers play no part
     */
    static AffineStem of(Layer network, Tensor image) {
        if (Recording.isOpen()) {
            return new AffineStem(network, image, network.apply(image.detached()), null);
        }
        try (Recording recording = Recording.open()) {
            Tape tape = new Tape();
            Tensor x = tape.watch(recording.inputLike(image));
            Tensor logits = network.apply(x);
            Split split = end(tape.applications(), x, logits)
                    .map(last -> split(recording, tape, x, last))
                    .orElse(null);
            return new AffineStem(network, image, logits.detached(), split);
        }
    }

    private static Split split(Recording recording, Tape tape, Tensor x, Application end) {
        TensorProgram forward = recording.program(List.of(end.output()));
        Tensor signal = recording.inputLike(end.output());
        Tensor back =
                tape.gradient(end.output(), signal, List.of(x), Walk.PLAIN).getFirst();
        return new Split(end, forward, recording.program(List.of(back)));
    }

    /**
     * The one affine function of the input from which the logits are computed by others; none where it is the input itself, or
     * where there are several.
     */
    private static Optional<Application> end(List<Application> applications, Tensor x, Tensor logits) {
        Set<Tensor> affine = new HashSet<>(Set.of(x));
        Set<Tensor> ends = new HashSet<>();
        for (Application application : applications) {
            List<Tensor> read = application.inputs().stream()
                    .filter(input -> input.tape() != null)
                    .toList();
            if (AffineOps.isAffine(application) && affine.containsAll(read)) {
                affine.add(application.output());
            } else {
                read.stream().filter(affine::contains).forEach(ends::add);
            }
        }
        if (ends.size() != 1 || affine.contains(logits)) {
            return Optional.empty();
        }
        return Optional.ofNullable(ends.iterator().next().application());
    }

    /** {@code 1×K}: a tensor of the shape and type of one image's logits, without their numbers. */
    Tensor logits() {
        return logits;
    }

    /** The shape of {@code s(x)}, {@code 1×…}. */
    Shape shape() {
        return split == null ? image.shape() : split.end.output().shape();
    }

    /** {@code s(x)} of an image. */
    Tensor apply(Tensor x) {
        return split == null ? x : split.forward.run(List.of(x)).getFirst();
    }

    /** {@code Aᵀ·signal}, of an image's shape. */
    Tensor adjoint(Tensor signal) {
        return split == null
                ? signal
                : split.adjoint.run(List.of(image, signal)).getFirst();
    }

    /**
     * Gradients of the rest of the network.
     *
     * @param places {@code k×…}: what the stem has given for k images, or could have
     * @param seeds {@code k×K}: the weights of the logits in the sums that are differentiated
     * @return one for each place, {@code k×…}
     */
    Tensor gradients(Tensor places, Tensor seeds) {
        Tape tape = new Tape();
        if (split == null) {
            Tensor x = tape.watch(places);
            return tape.gradient(network.apply(x), seeds, List.of(x), Walk.PLAIN)
                    .getFirst();
        }
        tape.substitute(split.end, places);
        Shape images = image.shape().with(0, places.shape().size(0));
        Tensor logits = network.apply(tape.watch(Tensor.full(image.backend(), image.dtype(), images, 0)));
        Tensor behind = tape.applications().get(split.end.index()).output();
        return tape.gradient(logits, seeds, List.of(behind), Walk.PLAIN).getFirst();
    }
}
