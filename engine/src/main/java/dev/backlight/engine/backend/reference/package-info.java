/**
 * The backend that is right before it is fast: plain loops over {@code double[]}, one family of primitives a file. It is the
 * oracle of every other backend and the arithmetic of gradient checks.
 */
@NullMarked
package dev.backlight.engine.backend.reference;

import org.jspecify.annotations.NullMarked;
