package dev.backlight.attribution.render.report;

/**
 * What the network says about one class.
 *
 * @param index in the network's output
 * @param name of the class
 * @param logit the network's output before softmax
 * @param probability after softmax, in 0..1
 */
public record ClassScore(int index, String name, double logit, double probability) {}
