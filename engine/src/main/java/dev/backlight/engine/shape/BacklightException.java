package dev.backlight.engine.shape;

/**
 * Something that the caller can put right: its message is one sentence that names what, where, what was expected, what
 * was found, and what to do. Command lines print the message and exit with code 2.
 */
public class BacklightException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BacklightException(String message) {
        super(message);
    }

    public BacklightException(String message, Throwable cause) {
        super(message, cause);
    }
}
