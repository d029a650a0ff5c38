/** JMH benchmarks and long-running measurements; the only place where Backlight meets its peers. */
@NullMarked
package dev.backlight.benchmarks;

import org.jspecify.annotations.NullMarked;
