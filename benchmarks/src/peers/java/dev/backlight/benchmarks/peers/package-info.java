/**
 * The libraries that Backlight is compared with. Compiled only in the Maven profile {@code peers}, so that nothing else
 * ever downloads or loads them.
 */
@NullMarked
package dev.backlight.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
