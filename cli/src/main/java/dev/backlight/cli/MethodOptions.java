package dev.backlight.cli;

import dev.backlight.attribution.learn.LearnedRuleMethod;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Methods;
import dev.backlight.engine.shape.BacklightException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which attribution methods to use, and how the learned rule is trained. */
final class MethodOptions {
    /** The rule that is trained for the image at hand. */
    static final String LEARNED = "learned";

    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry(LEARNED, "Learned rule"),
            Map.entry("saliency", "Gradient"),
            Map.entry("input-x-gradient", "Input × gradient"),
            Map.entry("integrated-gradients", "Integrated gradients"),
            Map.entry("smoothgrad", "SmoothGrad"),
            Map.entry("smoothgrad-squared", "SmoothGrad²"),
            Map.entry("vargrad", "VarGrad"),
            Map.entry("grad-cam", "Grad-CAM"),
            Map.entry("guided", "Guided backpropagation"),
            Map.entry("deconvnet", "DeconvNet"),
            Map.entry("rectgrad", "RectGrad"));

    @Option(
            names = {"--method", "--methods"},
            paramLabel = "NAME",
            split = ",",
            description = "Attribution methods, in the order of the report; 'all' for all ('backlight list' shows them;"
                    + " default: learned and a few fixed ones).")
    private @Nullable List<String> names;

    @ArgGroup(validate = false, heading = "%nThe learned rule:%n")
    private LearnedRuleOptions learned = new LearnedRuleOptions();

    /** All names, the learned rule first. */
    static List<String> allNames() {
        List<String> all = new ArrayList<>(List.of(LEARNED));
        all.addAll(Methods.names());
        return all;
    }

    /** A method's name as a heading. */
    static String title(String name) {
        return TITLES.getOrDefault(name, name);
    }

    /**
     * The methods asked for.
     *
     * @param usual those to use when none are named
     * @throws BacklightException when a name is unknown or a setting makes no sense
     */
    List<Attributor> methods(List<String> usual, long seed) {
        List<String> wanted = names == null ? usual : names.contains("all") ? allNames() : names;
        List<Attributor> methods = new ArrayList<>();
        for (String name : new LinkedHashSet<>(wanted)) {
            methods.add(method(name, seed));
        }
        return methods;
    }

    /** How the learned rule is trained. */
    RuleSettings settings(long seed) {
        return learned.settings(seed);
    }

    private Attributor method(String name, long seed) {
        if (name.equals(LEARNED)) {
            return new LearnedRuleMethod(settings(seed));
        }
        if (!Methods.names().contains(name)) {
            throw new BacklightException("there is no attribution method named " + name + ", did you mean "
                    + String.join(" or ", EditDistance.nearest(name, allNames(), 2)) + "? known are "
                    + String.join(", ", allNames()));
        }
        return Methods.named(name, seed);
    }
}
