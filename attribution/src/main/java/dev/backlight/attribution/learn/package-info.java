/**
 * Training of propagation rules: the map that a walk under the rules yields becomes a mask, the masked image goes through the
 * network again, and the loss on what comes out is differentiated through the first backward pass.
 */
@NullMarked
package dev.backlight.attribution.learn;

import org.jspecify.annotations.NullMarked;
