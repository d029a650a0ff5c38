package dev.backlight.models.onnx.export;

import static dev.backlight.models.onnx.export.Site.real;
import static dev.backlight.models.onnx.export.Site.whole;

import dev.backlight.engine.op.BatchNorm;
import dev.backlight.engine.op.GroupNorm;
import dev.backlight.engine.op.InstanceNorm;
import dev.backlight.engine.op.LayerNorm;
import dev.backlight.engine.op.Linear;
import dev.backlight.engine.op.LocalResponseNorm;
import dev.backlight.engine.op.LogSoftmax;
import dev.backlight.engine.op.MatMul;
import dev.backlight.engine.op.Softmax;
import dev.backlight.models.onnx.graph.Attribute;
import java.util.Map;

/** Writes one application as ONNX nodes: every op that a forward pass in evaluation records has its line here. */
final class Lowering {
    private static final Map<String, Attribute> SWAPPED = Map.of("perm", Site.list(0, 2, 1));

    private Lowering() {}

    /** @throws dev.backlight.engine.shape.UnsupportedOpException naming an op that has no counterpart in ONNX */
    static void lower(Site at) {
        boolean isWritten = ElementwiseLowering.lower(at) || WindowLowering.lower(at) || ShapeLowering.lower(at);
        if (isWritten) {
            return;
        }
        switch (at.op()) {
            case Linear linear -> at.emit("Gemm", Map.of("transB", whole(1)));
            case MatMul product -> product(at, product);
            case Softmax softmax -> at.emit("Softmax", Map.of("axis", whole(softmax.axis())));
            case LogSoftmax softmax -> at.emit("LogSoftmax", Map.of("axis", whole(softmax.axis())));
            case BatchNorm norm ->
                at.end(
                        "BatchNormalization",
                        Map.of("epsilon", real(norm.epsilon())),
                        at.input(0),
                        at.input(3),
                        at.input(4),
                        at.input(1),
                        at.input(2));
            case LayerNorm norm ->
                at.emit(
                        "LayerNormalization",
                        Map.of("axis", whole(-at.shape(1).rank()), "epsilon", real(norm.epsilon())));
            case GroupNorm norm ->
                at.emit(
                        "GroupNormalization",
                        Map.of("num_groups", whole(norm.groups()), "epsilon", real(norm.epsilon())));
            case InstanceNorm norm -> at.emit("InstanceNormalization", Map.of("epsilon", real(norm.epsilon())));
            case LocalResponseNorm norm ->
                at.emit(
                        "LRN",
                        Map.of(
                                "size", whole(norm.size()),
                                "alpha", real(norm.alpha()),
                                "beta", real(norm.beta()),
                                "bias", real(norm.bias())));
            default -> throw at.unsupported("it has no counterpart there");
        }
    }

    private static void product(Site at, MatMul product) {
        String a = product.transposeA() ? at.via("Transpose", SWAPPED, at.input(0)) : at.input(0);
        String b = product.transposeB() ? at.via("Transpose", SWAPPED, at.input(1)) : at.input(1);
        at.end("MatMul", Map.of(), a, b);
    }
}
