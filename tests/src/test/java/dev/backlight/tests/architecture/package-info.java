/** The rules of structure that a compiler cannot check: which package may know which. */
@NullMarked
package dev.backlight.tests.architecture;

import org.jspecify.annotations.NullMarked;
