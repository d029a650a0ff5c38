/**
 * Pictures on their way into a network: image files of every common kind decoded to 8-bit RGB, resized and normalised as
 * the network was trained, and data sets of labelled pictures with the names of their classes.
 */
@NullMarked
package dev.backlight.models.data;

import org.jspecify.annotations.NullMarked;
