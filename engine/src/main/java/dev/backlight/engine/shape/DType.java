package dev.backlight.engine.shape;

/** Element types: F32 for work, F64 for checking, I64 for indices. */
public enum DType {
    F32(4),
    F64(8),
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes that one element takes. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return this != I64;
    }
}
