package dev.backlight.engine.shape;

/** A device that is missing, out of memory or lost, or a tensor used where it no longer lives. */
public final class DeviceException extends BacklightException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
