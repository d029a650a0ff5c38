package dev.backlight.engine.shape;

/** An operator, or a use of one, that Backlight does not know; the message names it and where it stands. */
public final class UnsupportedOpException extends BacklightException {
    private static final long serialVersionUID = 1L;

    public UnsupportedOpException(String message) {
        super(message);
    }

    public UnsupportedOpException(String message, Throwable cause) {
        super(message, cause);
    }
}
