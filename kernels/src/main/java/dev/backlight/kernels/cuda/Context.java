package dev.backlight.kernels.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import org.jspecify.annotations.Nullable;

/** An open device and the one stream that all its work goes through, in order. */
final class Context {
    private final Driver driver;
    private final CUcontext context;
    private final Driver.Stream stream;
    private final int multiprocessors;
    private @Nullable Thread last;

    Context(Driver driver, CUdevice device) {
        this.driver = driver;
        this.context = driver.retainContext(device);
        enter();
        this.stream = driver.createStream();
        this.multiprocessors = driver.attribute(
                device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, "number of multiprocessors");
    }

    /**
     * Makes the device the calling thread's: the driver keeps that per thread. Needs no lock: only a thread itself writes that it
     * was the last, and no thread ever leaves the device again.
     */
    void enter() {
        Thread current = Thread.currentThread();
        if (last != current) {
            driver.makeCurrent(context);
            last = current;
        }
    }

    Driver driver() {
        return driver;
    }

    Driver.Stream stream() {
        return stream;
    }

    int multiprocessors() {
        return multiprocessors;
    }
}
