package dev.backlight.attribution.evaluate;

/** A mean and its 95 % confidence interval. */
public record Interval(double mean, double low, double high) {}
