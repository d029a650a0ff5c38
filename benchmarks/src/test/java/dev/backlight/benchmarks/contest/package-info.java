/** Tests of the comparison itself, without peers. */
@NullMarked
package dev.backlight.benchmarks.contest;

import org.jspecify.annotations.NullMarked;
