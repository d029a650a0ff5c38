package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.op.Add;
import dev.backlight.engine.op.Affine;
import dev.backlight.engine.op.AvgPool;
import dev.backlight.engine.op.BatchNorm;
import dev.backlight.engine.op.ChannelAffine;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.ConvTranspose2d;
import dev.backlight.engine.op.Divide;
import dev.backlight.engine.op.Multiply;
import dev.backlight.engine.op.Negate;
import dev.backlight.engine.op.Pad;
import dev.backlight.engine.op.Subtract;
import java.util.stream.IntStream;

/** Which applications are affine functions of what a tape watches, and keep the images of a batch apart. */
public final class AffineOps {
    private AffineOps() {}

    /**
     * Whether the output of the application is affine in those inputs that are on a tape, all of them together, with the same
     * constants for each image. Ops that move images along the batch, or might, are not among them.
     */
    public static boolean isAffine(Application application) {
        Op op = application.op();
        return switch (op) {
            case Add _, Subtract _, Negate _, Affine _, Pad _, AvgPool _ -> true;
            case Multiply _ -> watched(application) == 1;
            case Conv2d _, ConvTranspose2d _, BatchNorm _, ChannelAffine _, Divide _ ->
                watched(application) == 1 && application.input(0).tape() != null;
            default -> false;
        };
    }

    private static long watched(Application application) {
        return IntStream.range(0, application.inputs().size())
                .filter(i -> application.input(i).tape() != null)
                .count();
    }
}
