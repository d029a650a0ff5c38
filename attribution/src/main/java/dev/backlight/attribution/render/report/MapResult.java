package dev.backlight.attribution.render.report;

/**
 * One attribution map. File names are relative to the folder of {@code result.json}.
 *
 * @param method short name of the method, as the command line knows it
 * @param title its name in full
 * @param height rows of the map
 * @param width columns of the map
 * @param values the raw map, {@code .npy}, float32, height × width
 * @param overlay PNG of the map over the picture
 * @param heat PNG of the map alone
 * @param colours how its values were coloured
 * @param seconds that making the map took
 * @param scores what is known about its quality
 */
public record MapResult(
        String method,
        String title,
        int height,
        int width,
        String values,
        String overlay,
        String heat,
        Colours colours,
        double seconds,
        MapScores scores) {

    /**
     * How the pictures of a map are to be read.
     *
     * @param name of the colour map
     * @param low value at its lower end
     * @param high value at its upper end
     * @param nonFinite cells that are NaN or infinite
     */
    public record Colours(String name, double low, double high, int nonFinite) {}
}
