/** What a run shows while it runs: progress, tables, and how it stops when it is interrupted. */
@NullMarked
package dev.backlight.cli.console;

import org.jspecify.annotations.NullMarked;
