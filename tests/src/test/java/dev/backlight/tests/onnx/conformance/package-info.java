/**
 * ONNX's own backend tests: each a small model with inputs and the outputs that its reference gives. A ledger says which
 * pass and why the others are left out, so that any change for the worse fails.
 */
@NullMarked
package dev.backlight.tests.onnx.conformance;

import org.jspecify.annotations.NullMarked;
