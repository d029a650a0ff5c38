/**
 * Measures Backlight and its peers in turn, one process per cell of the tables, and writes the tables: {@code
 * benchmarks/compare} calls {@link dev.backlight.benchmarks.compare.Compare}.
 */
@NullMarked
package dev.backlight.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
