/**
 * The same work for Backlight and its peers: what is to be done ({@link dev.backlight.benchmarks.contest.Job}), who does it
 * ({@link dev.backlight.benchmarks.contest.Contestant}), and a network in a form from which a peer can build its own.
 */
@NullMarked
package dev.backlight.benchmarks.contest;

import org.jspecify.annotations.NullMarked;
