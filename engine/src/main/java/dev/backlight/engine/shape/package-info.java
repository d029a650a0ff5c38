/**
 * Immutable values at the bottom of everything: shapes, element types, and the few exceptions that Backlight throws when
 * something it was given is wrong.
 */
@NullMarked
package dev.backlight.engine.shape;

import org.jspecify.annotations.NullMarked;
