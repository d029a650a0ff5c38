package dev.backlight.attribution.metric;

/**
 * The two curves of one map.
 *
 * @param insertion while the most relevant pixels appear; high is good
 * @param deletion while they disappear; low is good
 */
public record Game(Curve insertion, Curve deletion) {
    /** Insertion's area less deletion's. */
    public double difference() {
        return insertion.area() - deletion.area();
    }
}
