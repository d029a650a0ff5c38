/** Methods compared on many images: runs that survive an interruption, and tables with confidence intervals. */
@NullMarked
package dev.backlight.attribution.evaluate;

import org.jspecify.annotations.NullMarked;
