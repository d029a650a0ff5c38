package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * An application that carries a learned rule.
 *
 * @param index its position on the tape
 * @param path its layer's name path
 * @param shape of the activation, batch first
 */
public record Site(int index, String path, Shape shape) {
    /** The elementwise non-linearities on a tape, in forward order, and the max-pools among them when asked for. */
    public static List<Site> on(Tape tape, boolean withMaxPools) {
        List<Site> sites = new ArrayList<>();
        for (Application at : tape.applications()) {
            if (Nonlinearities.isElementwise(at.op()) || (withMaxPools && at.op() instanceof MaxPool)) {
                sites.add(new Site(at.index(), at.path(), at.output().shape()));
            }
        }
        return sites;
    }
}
