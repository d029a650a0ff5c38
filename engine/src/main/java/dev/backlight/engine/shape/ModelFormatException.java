package dev.backlight.engine.shape;

/** A file of weights, a model or data that is damaged, truncated or of another format than expected. */
public final class ModelFormatException extends BacklightException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 1500;

    public ModelFormatException(String message) {
        super(printable(message));
    }

    public ModelFormatException(String message, Throwable cause) {
        super(printable(message), cause);
    }

    /** Names that a file states may hold anything and be of any length; a message is one line. */
    private static String printable(String message) {
        String shown = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
        return shown.replaceAll("\\p{Cc}", "?");
    }
}
