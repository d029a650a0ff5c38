package dev.backlight.attribution.render;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One picture that shows an explanation at a glance: a heading, then the input and the map of each method side by side,
 * each with its caption and colour bar. Tiles of small pictures are enlarged to {@link #SMALLEST_TILE} pixels at least.
 *
 * @param title the heading, such as the file name of the picture
 * @param subtitle the line below it, such as the target class and its probability
 * @param tiles at least one, drawn in even rows of up to four
 */
public record Panel(String title, String subtitle, List<Tile> tiles) {
    /** The least side of a tile in pixels. */
    public static final int SMALLEST_TILE = 256;

    private static final int LARGEST_TILE = 384;
    private static final int COLUMNS = 4;
    private static final int MARGIN = 24;
    private static final int GAP = 20;
    private static final int HEADING = 62;
    private static final int CAPTION = 26;

    /**
     * One picture of the panel.
     *
     * @param caption below the picture
     * @param picture of any size
     * @param bar the key to its colours, or null
     */
    public record Tile(
            String caption, BufferedImage picture, @Nullable ColourBar bar) {}

    public Panel {
        tiles = List.copyOf(tiles);
        if (tiles.isEmpty()) {
            throw new IllegalArgumentException("The panel \"" + title + "\" has no tiles; give it at least one.");
        }
    }

    /** The finished picture. */
    public BufferedImage draw() {
        int side = tileSide();
        int rows = Math.ceilDiv(tiles.size(), COLUMNS);
        int columns = Math.ceilDiv(tiles.size(), rows);
        int width = 2 * MARGIN + columns * side + (columns - 1) * GAP;
        int cell = side + CAPTION + ColourBar.HEIGHT;
        int height = 2 * MARGIN + HEADING + rows * cell + (rows - 1) * GAP;
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = canvas.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Palette.PAPER);
        graphics.fillRect(0, 0, width, height);
        drawHeading(graphics, width - 2 * MARGIN);
        for (int i = 0; i < tiles.size(); i++) {
            int x = MARGIN + i % columns * (side + GAP);
            int y = MARGIN + HEADING + i / columns * (cell + GAP);
            drawTile(graphics, tiles.get(i), x, y, side);
        }
        graphics.dispose();
        return canvas;
    }

    private int tileSide() {
        int longest = tiles.stream()
                .map(Tile::picture)
                .mapToInt(picture -> Math.max(picture.getWidth(), picture.getHeight()))
                .max()
                .orElseThrow();
        int enlarged = longest * Math.max(1, Math.ceilDiv(SMALLEST_TILE, longest));
        return longest < SMALLEST_TILE / 2
                ? Math.min(enlarged, LARGEST_TILE)
                : Math.clamp(longest, SMALLEST_TILE, LARGEST_TILE);
    }

    private void drawHeading(Graphics2D graphics, int width) {
        graphics.setColor(Palette.INK);
        Lettering.draw(graphics, Lettering.bold(20), title, MARGIN, MARGIN + 18, width, 0);
        graphics.setColor(Palette.MUTED);
        Lettering.draw(graphics, Lettering.plain(14), subtitle, MARGIN, MARGIN + 42, width, 0);
    }

    private static void drawTile(Graphics2D graphics, Tile tile, int x, int y, int side) {
        BufferedImage picture = Pictures.fitted(tile.picture(), side);
        int left = x + (side - picture.getWidth()) / 2;
        int top = y + (side - picture.getHeight()) / 2;
        graphics.drawImage(picture, left, top, null);
        graphics.setColor(Palette.INK);
        Lettering.draw(graphics, Lettering.bold(14), tile.caption(), x, y + side + 18, side, 0);
        if (tile.bar() != null) {
            tile.bar().draw(graphics, x, y + side + CAPTION, side);
        }
    }
}
