/**
 * ONNX files as immutable graphs: read from protobuf within limits, checked (every value is made once and before it is
 * used), with all tensors decoded; nothing above this package sees a protobuf message.
 */
@NullMarked
package dev.backlight.models.onnx.graph;

import org.jspecify.annotations.NullMarked;
