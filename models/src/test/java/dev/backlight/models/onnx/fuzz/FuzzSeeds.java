package dev.backlight.models.onnx.fuzz;

import static dev.backlight.models.onnx.ModelBuilder.text;
import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.proto.ModelProto;
import java.util.List;

/** Small sound models that between them use most of what a file can hold. */
final class FuzzSeeds {
    private static final int OPSET = 17;

    private FuzzSeeds() {}

    static List<ModelProto> all() throws InvalidProtocolBufferException {
        return List.of(
                parsed(convolutional()), parsed(shapes()), parsed(attention()), parsed(indices()), parsed(quantised()));
    }

    private static ModelProto parsed(ModelBuilder builder) throws InvalidProtocolBufferException {
        return ModelProto.parseFrom(builder.bytes());
    }

    private static ModelBuilder convolutional() {
        return new ModelBuilder(OPSET)
                .input("x", -1, 2, 6, 6)
                .output("y")
                .floats("w", List.of(3, 2, 3, 3), new float[54])
                .floats("b", List.of(3), 1, 2, 3)
                .floats("g", List.of(3), 1, 1, 1)
                .floats("v", List.of(3), 1, 2, 3)
                .floats("fc", List.of(4, 3), new float[12])
                .node(
                        "Conv",
                        "x w b",
                        "c",
                        wholes("pads", 1, 1, 1, 1),
                        wholes("strides", 1, 2),
                        wholes("dilations", 1, 1))
                .node("BatchNormalization", "c g b b v", "n")
                .node("Relu", "n", "h")
                .node("MaxPool", "h", "p", wholes("kernel_shape", 2, 2), whole("ceil_mode", 1))
                .node("AveragePool", "p", "q", wholes("kernel_shape", 2, 1), text("auto_pad", "SAME_UPPER"))
                .node("GlobalAveragePool", "q", "f")
                .node("Flatten", "f", "r", whole("axis", 1))
                .node("Gemm", "r fc", "y", whole("transB", 1));
    }

    private static ModelBuilder shapes() {
        return new ModelBuilder(OPSET)
                .input("x", -1, 4, 6)
                .output("y")
                .longs("zero", 0)
                .longs("rest", -1)
                .longs("pads", 0, 1, 0, 1)
                .longs("times", 1, 2)
                .longs("starts", 1)
                .longs("ends", 100)
                .longs("axes", 1)
                .longs("size", 5, 3)
                .node("Shape", "x", "s")
                .node("Gather", "s zero", "n", whole("axis", 0))
                .node("Concat", "n rest", "shape", whole("axis", 0))
                .node("Reshape", "x shape", "flat")
                .node("Pad", "flat pads", "p", text("mode", "reflect"))
                .node("Tile", "p times", "t")
                .node("Slice", "t starts ends axes", "cut")
                .node("ConstantOfShape", "size", "many")
                .node("ReduceSum", "many", "one", whole("keepdims", 0))
                .node("Add", "cut one", "sum")
                .node("Transpose", "sum", "y", wholes("perm", 1, 0));
    }

    private static ModelBuilder attention() {
        return new ModelBuilder(OPSET)
                .input("x", 2, 3, 4)
                .output("y")
                .floats("w", List.of(4, 8), new float[32])
                .floats("g", List.of(4), 1, 1, 1, 1)
                .longs("halves", 4, 4)
                .longs("axis", 1)
                .node("LayerNormalization", "x g g", "n", whole("axis", -1))
                .node("MatMul", "n w", "qk")
                .node("Slice", "qk halves halves", "none")
                .node("Transpose", "n", "t", wholes("perm", 0, 2, 1))
                .node("MatMul", "n t", "scores")
                .node("Softmax", "scores", "a", whole("axis", -1))
                .node("Einsum", "a n", "m", text("equation", "bij,bjk->bik"))
                .node("CumSum", "m axis", "c")
                .node("Gelu", "c", "unused")
                .node("Erf", "c", "e")
                .node("Add", "e x", "y");
    }

    private static ModelBuilder indices() {
        return new ModelBuilder(OPSET)
                .input("x", 3, 4)
                .output("y")
                .longs("k", 2)
                .longs("depth", 6)
                .longs("at", 0, 2)
                .longs("from", 0)
                .longs("to", 3)
                .longs("step", 1)
                .longs("scalar", 1)
                .floats("scales", List.of(2), 2, 1.5f)
                .floats("values", List.of(2), 0, 1)
                .node("TopK", "x k", "best", whole("axis", 1))
                .node("Gather", "best at", "g", whole("axis", 0))
                .node("OneHot", "at depth values", "hot")
                .node("MatMul", "g g", "square")
                .node("Resize", "g - scales", "large", text("mode", "linear"))
                .node("Trilu", "large scalar", "tri")
                .node("ReduceMax", "tri", "top", wholes("axes", 1), whole("keepdims", 1))
                .node("Mul", "top best", "mixed")
                .node("ReduceSum", "hot", "count", whole("keepdims", 0))
                .node("Mul", "top count", "y");
    }

    private static ModelBuilder quantised() {
        return new ModelBuilder(OPSET)
                .input("x", 1, 2, 4, 4)
                .output("y")
                .floats("scale", List.of(), 0.5f)
                .floats("w", List.of(8, 1, 1, 1), new float[8])
                .longs("blocks", 0, 1)
                .node("QuantizeLinear", "x scale", "q")
                .node("DequantizeLinear", "q scale", "d")
                .node("Conv", "d w", "c", whole("group", 2))
                .node("DepthToSpace", "c", "h", whole("blocksize", 2))
                .node("LRN", "h", "l", whole("size", 3))
                .node("Clip", "l", "p")
                .node("ReduceL2", "p", "y", wholes("axes", 2, 3));
    }
}
