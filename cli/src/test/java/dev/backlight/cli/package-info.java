/** Commands run as a user runs them, in this process. */
@NullMarked
package dev.backlight.cli;

import org.jspecify.annotations.NullMarked;
