package dev.backlight.engine.shape;

/** A device whose memory does not hold what was asked for. Work on fewer images at once may fit. */
public final class DeviceMemoryException extends DeviceException {
    private static final long serialVersionUID = 1L;

    public DeviceMemoryException(String message) {
        super(message);
    }

    public DeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
