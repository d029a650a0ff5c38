/** How good a map is: what changes in the network's answer when the pixels that the map names are changed. */
@NullMarked
package dev.backlight.attribution.metric;

import org.jspecify.annotations.NullMarked;
