/** What the documentation states about the model that comes with the program. */
@NullMarked
package dev.backlight.tests.bundled;

import org.jspecify.annotations.NullMarked;
