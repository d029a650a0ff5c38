package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.Normalisation;
import dev.backlight.attribution.render.ScalarField;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * One explained picture with its pixels and maps in memory, ready to be put into an {@link ExplanationFolder}.
 *
 * @param name from which the file names are made, such as the file name of the picture
 * @param source where the picture came from, as the user gave it
 * @param picture what the network saw: resized and cropped, colours as displayed
 * @param top the likeliest classes, likeliest first
 * @param target the class that the maps explain
 * @param maps at least one, one per method
 */
public record ExplainedImage(
        String name, String source, BufferedImage picture, List<ClassScore> top, ClassScore target, List<Map> maps) {
    public ExplainedImage {
        top = List.copyOf(top);
        maps = List.copyOf(maps);
        if (maps.isEmpty()) {
            throw new IllegalArgumentException("The picture " + name + " comes without a map; give it at least one.");
        }
    }

    /**
     * The map of one method.
     *
     * @param method short name, as the command line knows it
     * @param title name in full
     * @param field the values; its proportions are those of the picture
     * @param normalisation how to colour it; {@link Normalisation#fitting} unless the method says more
     * @param seconds that making it took
     * @param scores what was measured, or {@link MapScores#NONE}
     */
    public record Map(
            String method,
            String title,
            ScalarField field,
            Normalisation normalisation,
            double seconds,
            MapScores scores) {}
}
