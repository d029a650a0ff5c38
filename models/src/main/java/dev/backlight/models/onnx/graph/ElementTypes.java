package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.ElementType;
import dev.backlight.models.onnx.proto.TensorProto;
import java.util.Optional;

/** The numbers by which ONNX names element types. */
public final class ElementTypes {
    private ElementTypes() {}

    /**
     * The element type of an ONNX number; empty for strings, complex numbers, and those below a byte, which tensors alone may
     * have.
     */
    public static Optional<ElementType> of(int number) {
        return Optional.ofNullable(
                switch (number) {
                    case TensorProto.DataType.FLOAT_VALUE -> ElementType.F32;
                    case TensorProto.DataType.UINT8_VALUE -> ElementType.U8;
                    case TensorProto.DataType.INT8_VALUE -> ElementType.I8;
                    case TensorProto.DataType.UINT16_VALUE -> ElementType.U16;
                    case TensorProto.DataType.INT16_VALUE -> ElementType.I16;
                    case TensorProto.DataType.INT32_VALUE -> ElementType.I32;
                    case TensorProto.DataType.INT64_VALUE -> ElementType.I64;
                    case TensorProto.DataType.BOOL_VALUE -> ElementType.BOOL;
                    case TensorProto.DataType.FLOAT16_VALUE -> ElementType.F16;
                    case TensorProto.DataType.DOUBLE_VALUE -> ElementType.F64;
                    case TensorProto.DataType.UINT32_VALUE -> ElementType.U32;
                    case TensorProto.DataType.UINT64_VALUE -> ElementType.U64;
                    case TensorProto.DataType.BFLOAT16_VALUE -> ElementType.BF16;
                    case TensorProto.DataType.FLOAT8E4M3FN_VALUE -> ElementType.F8_E4M3;
                    case TensorProto.DataType.FLOAT8E4M3FNUZ_VALUE -> ElementType.F8_E4M3FNUZ;
                    case TensorProto.DataType.FLOAT8E5M2_VALUE -> ElementType.F8_E5M2;
                    case TensorProto.DataType.FLOAT8E5M2FNUZ_VALUE -> ElementType.F8_E5M2FNUZ;
                    default -> null;
                });
    }
}
