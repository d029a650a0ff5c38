package dev.backlight.attribution.evaluate;

import dev.backlight.engine.autodiff.Tensor;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * One image to explain.
 *
 * @param id unlike every other's, the same in every run
 * @param image makes the preprocessed image, {@code C×H×W} or {@code 1×C×H×W}; asked once per run at most
 * @param target the class to explain; where none is given, the one that the network predicts
 */
public record Sample(String id, Supplier<Tensor> image, OptionalInt target) {}
