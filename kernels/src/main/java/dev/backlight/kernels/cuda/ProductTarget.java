package dev.backlight.kernels.cuda;

/**
 * Where a product's results go: {@code Target} of {@code target.cuh}.
 *
 * @param parts the workspace for parts of split sums, or 0
 * @param packed whether runs of four results can be written at once
 */
record ProductTarget(long out, long parts, long elements, ProductEpilogue epilogue, boolean packed) {
    ProductTarget packed(boolean whether) {
        return new ProductTarget(out, parts, elements, epilogue, whether);
    }

    Arguments into(Arguments arguments) {
        arguments.address(out).address(parts).i64(elements);
        epilogue.into(arguments, packed);
        return arguments;
    }
}
