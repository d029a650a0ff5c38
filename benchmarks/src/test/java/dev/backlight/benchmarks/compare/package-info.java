/** Tests of the comparison itself, without peers. */
@NullMarked
package dev.backlight.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
