package dev.backlight.engine.shape;

/**
 * A device that is missing, {@linkplain DeviceMemoryException out of memory} or lost, or a tensor used where it no longer lives.
 */
public sealed class DeviceException extends BacklightException permits DeviceMemoryException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
