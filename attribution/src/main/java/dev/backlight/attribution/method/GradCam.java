package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Resize;
import dev.backlight.engine.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Grad-CAM (Selvaraju et al. 2017): {@code relu(Σ_c α_c A_c)} of one layer's feature maps A, where α_c is the mean over
 * positions of the target logit's gradient with respect to A_c; enlarged bilinearly (pixels
 * as areas) to the input's size.
 *
 * @param layer the path of the layer, in which {@code *} stands for any characters; null for the last feature map before
 *     the head: a ResNet's last block, VGG's last rectified convolution, DenseNet's last rectifier, SqueezeNet's last Fire
 *     module, MobileNet's last activation
 * @param isRectified whether what speaks against the target is cut off, as the authors do
 */
public record GradCam(@Nullable String layer, boolean isRectified) implements Attributor {
    /** The default layer, rectified. */
    public static GradCam standard() {
        return new GradCam(null, true);
    }

    @Override
    public String name() {
        return "grad-cam";
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            Tensor logits = question.network().apply(tape.watch(question.input()));
            Tensor score = Ops.sum(Targets.pick(logits, question.targets()));
            Application at = layer == null
                    ? FeatureMaps.beforeHead(tape.applications())
                    : FeatureMaps.at(layer, tape.applications());
            Tensor features = at.output();
            Tensor weights = Ops.meanKeeping(tape.gradient(score, features), 2, 3);
            Tensor map = Ops.sumKeeping(Ops.mul(features.detached(), weights), 1);
            Shape image = question.input().shape();
            Tensor large = Neural.resizeBilinear(
                    isRectified ? Neural.relu(map) : map, image.size(2), image.size(3), Resize.Corners.HALF_PIXEL);
            progress.update(1, 1);
            return new Attribution(scope.keep(large), !isRectified);
        }
    }
}
