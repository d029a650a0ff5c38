/**
 * Trained weights in files: safetensors, NumPy archives and PyTorch checkpoints are read into one ordered
 * {@link dev.backlight.models.weights.StateDict} of arrays, which is then loaded into named parameters. Readers build
 * arrays and nothing else, whatever a file says.
 */
@NullMarked
package dev.backlight.models.weights;

import org.jspecify.annotations.NullMarked;
