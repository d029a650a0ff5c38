/**
 * Propagation rules: what the non-linearities of a network send back during one walk, fixed or with parameters. A rule is a
 * value handed to a walk; nothing is hooked into the network.
 */
@NullMarked
package dev.backlight.attribution.rule;

import org.jspecify.annotations.NullMarked;
