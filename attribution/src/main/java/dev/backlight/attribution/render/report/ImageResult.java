package dev.backlight.attribution.render.report;

import java.util.List;

/**
 * One explained picture. File names are relative to the folder of {@code result.json}.
 *
 * @param name short name, unique in the run, that the file names begin with
 * @param source where the picture came from, as the user gave it
 * @param height of the network's input in pixels
 * @param width of the network's input in pixels
 * @param picture PNG of what the network saw
 * @param panel PNG with all maps side by side
 * @param top the likeliest classes, likeliest first
 * @param target the class that the maps explain
 * @param maps one per method
 */
public record ImageResult(
        String name,
        String source,
        int height,
        int width,
        String picture,
        String panel,
        List<ClassScore> top,
        ClassScore target,
        List<MapResult> maps) {
    public ImageResult {
        top = List.copyOf(top);
        maps = List.copyOf(maps);
    }
}
