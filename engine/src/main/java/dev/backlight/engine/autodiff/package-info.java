/**
 * Tensors, the tape, and gradients. An {@link dev.backlight.engine.autodiff.Op} applied to recorded tensors leaves an
 * {@link dev.backlight.engine.autodiff.Application} on their {@link dev.backlight.engine.autodiff.Tape}; walking the tape
 * asks a {@link dev.backlight.engine.autodiff.PropagationMap} what each application sends back. Backward passes are made
 * of ops themselves, so they can be differentiated in turn.
 */
@NullMarked
package dev.backlight.engine.autodiff;

import org.jspecify.annotations.NullMarked;
