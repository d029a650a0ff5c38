package dev.backlight.engine.shape;

/** Shapes, axes or element types that do not fit together. */
public final class ShapeException extends BacklightException {
    private static final long serialVersionUID = 1L;

    public ShapeException(String message) {
        super(message);
    }

    public ShapeException(String message, Throwable cause) {
        super(message, cause);
    }
}
