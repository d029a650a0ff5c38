package dev.backlight.kernels.cuda.vendor;

/** A library that cannot be used; the message says which and why, for a list of reasons. */
public final class VendorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public VendorException(String message) {
        super(message);
    }

    public VendorException(String message, Throwable cause) {
        super(message, cause);
    }

    static void check(int status, String call) {
        if (status != 0) {
            throw new VendorException(call + " gave status " + status);
        }
    }
}
