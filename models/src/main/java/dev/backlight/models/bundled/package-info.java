/** The classifier that comes with the program, so that it can explain something before anything has been downloaded. */
@NullMarked
package dev.backlight.models.bundled;

import org.jspecify.annotations.NullMarked;
