/**
 * Attribution methods: model, input and target in, one number per input element out. Methods are values; whatever they
 * record is gone when they return.
 */
@NullMarked
package dev.backlight.attribution.method;

import org.jspecify.annotations.NullMarked;
