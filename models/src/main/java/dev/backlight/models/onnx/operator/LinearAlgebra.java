package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.linear;
import static dev.backlight.engine.op.Ops.matmul;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
final class LinearAlgebra {
    private LinearAlgebra() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Gemm", LinearAlgebra::gemm).add("MatMul", at -> product(at.tensor(0), at.tensor(1)));
    }

    /** {@code α·A·B + β·C}, as one linear op wherever C is a bias, so that rules for linear layers meet it. */
    private static Tensor gemm(Invocation at) {
        Tensor x = at.attributes().flag("transA", false) ? transpose(at.tensor(0), 1, 0) : at.tensor(0);
        Tensor w = at.attributes().flag("transB", false) ? at.tensor(1) : transpose(at.tensor(1), 1, 0);
        Tensor c = at.optional(2);
        Tensor weights = scaled(w, at.attributes().real("alpha", 1));
        if (c == null) {
            return linear(x, weights, null);
        }
        Tensor addend = scaled(c, at.attributes().real("beta", 1));
        Tensor bias = asBias(addend, w.shape().size(0));
        return bias == null ? add(linear(x, weights, null), addend) : linear(x, weights, bias);
    }

    private static @Nullable Tensor asBias(Tensor addend, int size) {
        Shape shape = addend.shape();
        boolean isBias = shape.rank() > 0 && shape.size(-1) == size && shape.elements() == size;
        return isBias ? reshape(addend, Shape.of(size)) : null;
    }

    private static Tensor scaled(Tensor x, double factor) {
        return factor == 1 ? x : mul(x, factor);
    }

    /** NumPy's product: a vector on the left is a row, one on the right a column, and that axis disappears again. */
    private static Tensor product(Tensor a, Tensor b) {
        boolean isRow = a.shape().rank() == 1;
        boolean isColumn = b.shape().rank() == 1;
        Tensor left = isRow ? reshape(a, a.shape().insert(0, 1)) : a;
        Tensor right = isColumn ? reshape(b, b.shape().insert(1, 1)) : b;
        Tensor product = matmul(left, right);
        Shape shape = isColumn ? product.shape().without(-1) : product.shape();
        return reshape(product, isRow ? shape.without(isColumn ? -1 : -2) : shape);
    }
}
