/**
 * Training of classifiers: batches made in the background, steps, evaluation, and checkpoints from which a run goes on to
 * the bit as if it had never been interrupted. Order, variations and first values follow from one seed, whatever the number
 * of threads.
 */
@NullMarked
package dev.backlight.models.train;

import org.jspecify.annotations.NullMarked;
