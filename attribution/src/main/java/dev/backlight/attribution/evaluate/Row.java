package dev.backlight.attribution.evaluate;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * How one method did on one image.
 *
 * @param fills insertion's start and deletion's fill, such as {@code blur/zero}
 * @param insertion area under the curve
 * @param deletion area under the curve
 * @param seconds that the map took, as a share of its batch
 */
public record Row(
        String method, String image, int target, String fills, double insertion, double deletion, double seconds) {
    /** Insertion less deletion. */
    @JsonIgnore
    public double difference() {
        return insertion - deletion;
    }
}
