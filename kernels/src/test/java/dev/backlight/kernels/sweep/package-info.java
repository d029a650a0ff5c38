/**
 * A seeded sweep over what a CPU backend computes: cases of every kind of primitive, each held to the reference backend within
 * the bound that its kind states. A failure names the case, which {@code -Dbacklight.sweep.case=KIND:INDEX} repeats alone.
 */
@NullMarked
package dev.backlight.kernels.sweep;

import org.jspecify.annotations.NullMarked;
