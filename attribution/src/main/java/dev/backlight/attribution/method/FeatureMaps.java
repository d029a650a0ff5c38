package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.op.AdaptiveAvgPool;
import dev.backlight.engine.op.AvgPool;
import dev.backlight.engine.op.BroadcastTo;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Linear;
import dev.backlight.engine.op.MatMul;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Pad;
import dev.backlight.engine.op.Reshape;
import dev.backlight.engine.op.Slice;
import dev.backlight.engine.op.Softmax;
import dev.backlight.engine.op.Transpose;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the feature map that Grad-CAM looks at among what a tape recorded.
 *
 * <p>The head begins at the last convolution or matrix product, which turns features into class scores. The default is the
 * last map before it that was computed rather than pooled or rearranged: the last block's output in ResNet, the last
 * convolution's rectifier in VGG and AlexNet, the rectifier after the last normalisation in DenseNet, the last Fire
 * module's concatenation in SqueezeNet (whose head is a convolution), the last activation in MobileNet.
 *
 * <p>Where attention lies between that map and the head, positions are mixed behind it, and no map before says where the
 * network looks: then a layer must be named. A product of two computed operands is taken for attention; its result, images ×
 * heads × tokens × tokens, is no feature map, nor is what is computed from it alone.
 */
final class FeatureMaps {
    private static final int NAMED = 12;

    private FeatureMaps() {}

    /**
     * The default map.
     *
     * @throws ShapeException when there is none
     */
    static Application beforeHead(List<Application> applications) {
        Application chosen = null;
        Application last = null;
        boolean isMixed = false;
        Set<Application> maps = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Application application : applications) {
            if (mixesChannels(application.op()) && last != null) {
                chosen = last;
                isMixed |= isAttention(application);
            }
            if (isMap(application) && isComputed(application.op()) && followsMaps(application, maps)) {
                last = application;
                isMixed = false;
            }
            if (followsMaps(application, maps)) {
                maps.add(application);
            }
        }
        if (chosen != null && isMixed) {
            throw new ShapeException(
                    "grad-cam needs a feature map in front of the head, but attention mixes positions behind"
                            + " the last one, " + chosen.path() + "; name that layer or another, "
                            + candidates(applications));
        }
        if (chosen == null) {
            throw new ShapeException("grad-cam needs a layer before the head whose output N×C×H×W has more than one "
                    + "position; name one, " + candidates(applications));
        }
        return chosen;
    }

    /**
     * The last map at a path, or inside the layer at it.
     *
     * @param glob a path in which {@code *} stands for any characters
     * @throws ShapeException when there is none
     */
    static Application at(String glob, List<Application> applications) {
        Pattern pattern = Pattern.compile(Pattern.quote(glob).replace("*", "\\E.*\\Q") + "(\\..*)?");
        for (Application application : applications.reversed()) {
            if (isMap(application) && pattern.matcher(application.path()).matches()) {
                return application;
            }
        }
        throw new ShapeException("grad-cam finds no output N×C×H×W with more than one position at the layer " + glob
                + "; name another, " + candidates(applications));
    }

    private static boolean isAttention(Application application) {
        return application.op() instanceof MatMul
                && application.inputs().stream().allMatch(input -> input.tape() != null);
    }

    /** Whether something is a convolution, or computed from the image or a map by other than products of matrices. */
    private static boolean followsMaps(Application application, Set<Application> maps) {
        boolean isProduct = application.op() instanceof MatMul || application.op() instanceof Linear;
        boolean isAfterMap = application.inputs().stream()
                .anyMatch(input ->
                        input.tape() != null && (input.application() == null || maps.contains(input.application())));
        return application.op() instanceof Conv2d || (!isProduct && isAfterMap);
    }

    private static boolean isMap(Application application) {
        Shape shape = application.output().shape();
        return shape.rank() == 4 && shape.size(2) * shape.size(3) > 1;
    }

    private static boolean isComputed(Op op) {
        return !(op instanceof MaxPool
                || op instanceof AvgPool
                || op instanceof AdaptiveAvgPool
                || op instanceof Reshape
                || op instanceof Transpose
                || op instanceof Slice
                || op instanceof Pad
                || op instanceof BroadcastTo
                || op instanceof Softmax);
    }

    private static boolean mixesChannels(Op op) {
        return op instanceof Linear || op instanceof MatMul || op instanceof Conv2d;
    }

    /** The last layers that have a map, in the order of the network. */
    private static String candidates(List<Application> applications) {
        List<String> paths = applications.stream()
                .filter(FeatureMaps::isMap)
                .map(Application::path)
                .filter(path -> !path.isEmpty())
                .distinct()
                .toList();
        if (paths.isEmpty()) {
            return "but this network has no such layer";
        }
        int from = Math.max(0, paths.size() - NAMED);
        return "for instance one of " + String.join(", ", paths.subList(from, paths.size()));
    }
}
