package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.doubles;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.EpilogueSteps;
import dev.backlight.kernels.common.Parallel;
import java.util.List;

/** Matrix products and convolutions, in single and in double precision. */
final class Products {
    private final Parallel parallel;
    private final Gemm gemm;
    private final DoubleGemm doubleGemm;
    private final Convolution convolution;

    Products(Parallel parallel) {
        this.parallel = parallel;
        this.gemm = new Gemm(parallel);
        this.doubleGemm = new DoubleGemm(parallel);
        this.convolution = new Convolution(parallel);
    }

    void matMul(Primitive.MatMul product, DeviceArray a, DeviceArray b, DeviceArray out) {
        int batch = out.shape().size(0);
        int m = out.shape().size(1);
        int n = out.shape().size(2);
        int k = a.shape().size(product.transposeA() ? 1 : 2);
        int stepA = a.shape().size(0) == 1 ? 0 : m * k;
        int stepB = b.shape().size(0) == 1 ? 0 : k * n;
        if (out.dtype() == DType.F32) {
            Matrix left = matrix(a, product.transposeA(), m, k);
            Matrix right = matrix(b, product.transposeB(), k, n);
            gemm.multiplyBatch(batch, m, n, k, left, stepA, right, stepB, matrix(out, false, m, n), m * n);
        } else {
            for (int i = 0; i < batch; i++) {
                DoubleGemm.View left = view(a, i * stepA, product.transposeA(), m, k);
                DoubleGemm.View right = view(b, i * stepB, product.transposeB(), k, n);
                doubleGemm.multiply(m, n, k, left, right, view(out, i * m * n, false, m, n), false);
            }
        }
    }

    private static Matrix matrix(DeviceArray array, boolean transposed, int rows, int columns) {
        Span span = Span.of(array);
        return transposed
                ? Matrix.rowMajor(span.data(), span.at(), rows).transposed()
                : Matrix.rowMajor(span.data(), span.at(), columns);
    }

    private static DoubleGemm.View view(DeviceArray array, int from, boolean transposed, int rows, int columns) {
        int at = offset(array) + from;
        return transposed
                ? new DoubleGemm.View(doubles(array), at, 1, rows)
                : new DoubleGemm.View(doubles(array), at, columns, 1);
    }

    void convolution(WindowGeometry window, int groups, List<DeviceArray> in, DeviceArray y) {
        DeviceArray x = in.get(0);
        DeviceArray w = in.get(1);
        ConvolutionShape s = ConvolutionShape.of(x.shape(), w.shape(), y.shape(), window, groups);
        boolean biased = in.size() == 3;
        if (y.dtype() == DType.F32) {
            convolution.forward(s, Span.of(x), Span.of(w), biased ? Span.of(in.get(2)) : null, Span.of(y));
        } else {
            new DoubleConvolution(parallel, s)
                    .forward(operand(x), operand(w), biased ? operand(in.get(2)) : null, operand(y));
        }
    }

    /** A convolution or an input gradient in F32 through an epilogue; {@code in} holds the head's operands. */
    void withEpilogue(Primitive head, List<DeviceArray> in, EpilogueSteps steps, DeviceArray out) {
        Epilogue epilogue = Epilogue.of(in, steps);
        Shape w = in.get(1).shape();
        Span first = Span.of(in.get(0));
        Span weights = Span.of(in.get(1));
        switch (head) {
            case Primitive.Convolution c -> {
                Shape x = in.get(0).shape();
                ConvolutionShape s = ConvolutionShape.of(x, w, out.shape(), c.window(), c.groups());
                convolution.forward(s, first, weights, epilogue, Span.of(out));
            }
            case Primitive.ConvolutionInputGradient c -> {
                Shape u = in.get(0).shape();
                ConvolutionShape s = ConvolutionShape.of(out.shape(), w, u, c.window(), c.groups());
                convolution.inputGradient(s, first, weights, epilogue, Span.of(out));
            }
            default -> throw new IllegalArgumentException(head + " takes no epilogue");
        }
    }

    void inputGradient(WindowGeometry window, int groups, DeviceArray u, DeviceArray w, DeviceArray dx) {
        ConvolutionShape s = ConvolutionShape.of(dx.shape(), w.shape(), u.shape(), window, groups);
        if (dx.dtype() == DType.F32) {
            convolution.inputGradient(s, Span.of(u), Span.of(w), Span.of(dx));
        } else {
            new DoubleConvolution(parallel, s).inputGradient(operand(u), operand(w), operand(dx));
        }
    }

    void weightGradient(WindowGeometry window, int groups, DeviceArray x, DeviceArray u, DeviceArray dw) {
        ConvolutionShape s = ConvolutionShape.of(x.shape(), dw.shape(), u.shape(), window, groups);
        if (dw.dtype() == DType.F32) {
            convolution.weightGradient(s, Span.of(x), Span.of(u), Span.of(dw));
        } else {
            new DoubleConvolution(parallel, s).weightGradient(operand(x), operand(u), operand(dw));
        }
    }

    private static DoubleConvolution.Operand operand(DeviceArray array) {
        return new DoubleConvolution.Operand(doubles(array), offset(array));
    }
}
