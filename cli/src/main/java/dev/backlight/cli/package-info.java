/** The command line: one class per command, and what they share. */
@NullMarked
package dev.backlight.cli;

import org.jspecify.annotations.NullMarked;
