package dev.backlight.engine.shape;

/** A file of weights, a model or data that is damaged, truncated or of another format than expected. */
public final class ModelFormatException extends BacklightException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
