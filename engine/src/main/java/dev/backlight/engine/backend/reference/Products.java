package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Primitive;

final class Products {
    private Products() {}

    static void matMul(Primitive.MatMul product, Values a, Values b, Values out) {
        int batches = out.size(0);
        int m = out.size(1);
        int n = out.size(2);
        int k = a.size(product.transposeA() ? 1 : 2);
        int rowA = product.transposeA() ? 1 : k;
        int stepA = product.transposeA() ? m : 1;
        int stepB = product.transposeB() ? 1 : n;
        int columnB = product.transposeB() ? k : 1;
        for (int batch = 0; batch < batches; batch++) {
            int startA = a.size(0) == 1 ? 0 : batch * m * k;
            int startB = b.size(0) == 1 ? 0 : batch * k * n;
            for (int i = 0; i < m; i++) {
                int row = (batch * m + i) * n;
                for (int p = 0; p < k; p++) {
                    double left = a.data()[startA + i * rowA + p * stepA];
                    int right = startB + p * stepB;
                    for (int j = 0; j < n; j++) {
                        out.data()[row + j] += left * b.data()[right + j * columnB];
                    }
                }
            }
        }
    }
}
