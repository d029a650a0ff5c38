package dev.backlight.kernels.vector;

/** A dense array that begins somewhere inside a Java array. */
public record Span(float[] data, int at) {}
