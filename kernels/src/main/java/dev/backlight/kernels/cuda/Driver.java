package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * The functions of NVIDIA's driver that Backlight calls, each checked. A failure says what was to be done; one after which
 * the driver answers nothing else any more is remembered, and every later call says that the device was lost.
 */
final class Driver {
    static final int OUT_OF_MEMORY = 2;
    static final int NO_DEVICE = 100;
    private static final int INVALID_PTX = 218;
    private static final int UNSUPPORTED_PTX_VERSION = 222;

    /** Results after which a context answers every call with the same result (CUDA Driver API, "CUresult"). */
    private static final Set<Integer> LOST =
            Set.of(4, 46, 201, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999);

    private static final int NAME_BYTES = 256;
    private static final int CAPTURE_RELAXED = 2;
    private static final int GRAPHS_SINCE = 11_040;

    private @Nullable String lost;

    /** The address of device memory, straight from the driver: JCuda keeps it to subclasses. */
    private static final class Address extends CUdeviceptr {
        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A stream whose handle other libraries can be told. */
    static final class Stream extends CUstream {
        long handle() {
            return getNativePointer();
        }
    }

    static CUdeviceptr pointer(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /** The result of {@code cuInit}, unchecked: how a machine says that it has no device. */
    int initialise() {
        return JCudaDriver.cuInit(0);
    }

    int deviceCount() {
        int[] count = new int[1];
        check(JCudaDriver.cuDeviceGetCount(count), "count the devices");
        return count[0];
    }

    CUdevice device(int ordinal) {
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, ordinal), "find device " + ordinal);
        return device;
    }

    String name(CUdevice device) {
        byte[] name = new byte[NAME_BYTES];
        check(JCudaDriver.cuDeviceGetName(name, name.length, device), "read the device's name");
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8);
    }

    int attribute(CUdevice device, int attribute, String what) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "read the device's " + what);
        return value[0];
    }

    long totalMemory(CUdevice device) {
        long[] bytes = new long[1];
        check(JCudaDriver.cuDeviceTotalMem(bytes, device), "read the device's memory size");
        return bytes[0];
    }

    /** The newest CUDA that the driver serves, as 1000·major + 10·minor. */
    int version() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "read the driver's version");
        return version[0];
    }

    /**
     * Whether graphs can be made: JCuda calls {@code cuGraphInstantiateWithFlags}, which is there since CUDA 11.4. A call of what
     * the driver's library lacks would end the program.
     */
    boolean makesGraphs() {
        return version() >= GRAPHS_SINCE;
    }

    CUcontext retainContext(CUdevice device) {
        CUcontext context = new CUcontext();
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "open the device");
        return context;
    }

    void makeCurrent(CUcontext context) {
        check(JCudaDriver.cuCtxSetCurrent(context), "select the device");
    }

    /** Bytes free on the device, for all its users. */
    long freeMemory() {
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "read how much memory is free");
        return free[0];
    }

    Stream createStream() {
        Stream stream = new Stream();
        // Not ordered with the legacy default stream, on which nothing runs.
        check(JCudaDriver.cuStreamCreate(stream, 1), "create a stream");
        return stream;
    }

    void synchronize(CUstream stream) {
        check(JCudaDriver.cuStreamSynchronize(stream), "finish its work");
    }

    /** @throws OutOfMemoryError when the device has too little memory left */
    long allocate(long bytes) {
        Address address = new Address();
        int result = JCudaDriver.cuMemAlloc(address, bytes);
        if (result == OUT_OF_MEMORY) {
            throw new OutOfMemoryError("device memory");
        }
        check(result, "allocate " + bytes + " bytes");
        return address.value();
    }

    void free(long address) {
        if (lost == null) {
            check(JCudaDriver.cuMemFree(pointer(address)), "free memory");
        }
    }

    /** Page-locked memory of the host, which the device copies from and to by itself. */
    ByteBuffer allocatePinned(int bytes) {
        Pointer memory = new Pointer();
        check(JCudaDriver.cuMemHostAlloc(memory, bytes, 0), "pin " + bytes + " bytes of the host's memory");
        return memory.getByteBuffer(0, bytes);
    }

    /** @param source direct and pinned, unchanged until the stream has passed */
    void uploadAsync(long target, ByteBuffer source, long bytes, CUstream stream) {
        check(
                JCudaDriver.cuMemcpyHtoDAsync(pointer(target), Pointer.to(source), bytes, stream),
                "copy " + bytes + " bytes to the device");
    }

    /** @param target direct and pinned */
    void downloadAsync(ByteBuffer target, long source, long bytes, CUstream stream) {
        check(
                JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(target), pointer(source), bytes, stream),
                "copy " + bytes + " bytes from the device");
    }

    void copyAsync(long target, long source, long bytes, CUstream stream) {
        check(
                JCudaDriver.cuMemcpyDtoDAsync(pointer(target), pointer(source), bytes, stream),
                "copy " + bytes + " bytes on the device");
    }

    CUevent createEvent() {
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, 0), "create an event");
        return event;
    }

    void record(CUevent event, CUstream stream) {
        check(JCudaDriver.cuEventRecord(event, stream), "record an event");
    }

    void await(CUevent event) {
        check(JCudaDriver.cuEventSynchronize(event), "finish its work");
    }

    /** Milliseconds between two events that have both passed. */
    float milliseconds(CUevent from, CUevent to) {
        float[] time = new float[1];
        check(JCudaDriver.cuEventElapsedTime(time, from, to), "read the time between two events");
        return time[0];
    }

    CUmodule loadModule(String name, byte[] ptx) {
        CUmodule module = new CUmodule();
        int result = JCudaDriver.cuModuleLoadData(module, Arrays.copyOf(ptx, ptx.length + 1));
        if (result == UNSUPPORTED_PTX_VERSION || result == INVALID_PTX) {
            throw new DeviceException("NVIDIA's driver is too old for Backlight's kernels (module " + name
                    + "; it serves CUDA " + readable(version()) + "); install a newer driver");
        }
        check(result, "load the kernels of module " + name);
        return module;
    }

    CUfunction function(CUmodule module, Kernel kernel) {
        CUfunction function = new CUfunction();
        check(
                JCudaDriver.cuModuleGetFunction(function, module, kernel.name()),
                "find the kernel " + kernel.name() + " in module " + kernel.module());
        return function;
    }

    void allowSharedMemory(CUfunction function, Kernel kernel, int bytes) {
        check(
                JCudaDriver.cuFuncSetAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "give the kernel " + kernel.name() + " " + bytes + " bytes of shared memory per block");
    }

    void launch(CUfunction function, Launch launch, CUstream stream, Pointer packedArguments) {
        Grid grid = launch.grid();
        int result = JCudaDriver.cuLaunchKernel(
                function,
                grid.x(),
                grid.y(),
                grid.z(),
                grid.threads(),
                1,
                1,
                launch.sharedBytes(),
                stream,
                null,
                packedArguments);
        if (result != 0) {
            check(result, "launch the kernel " + launch.kernel().name());
        }
    }

    /** From now on the stream's launches are recorded and not made. */
    void beginCapture(CUstream stream) {
        // Relaxed: other calls, an allocation for one, take effect at once and are no part of the recording.
        check(JCudaDriver.cuStreamBeginCapture(stream, CAPTURE_RELAXED), "begin to record a graph");
    }

    CUgraph endCapture(CUstream stream) {
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(stream, graph), "finish recording a graph");
        return graph;
    }

    /** Leaves the recording after a failure; what this call says adds nothing to it. */
    void abandonCapture(CUstream stream) {
        CUgraph graph = new CUgraph();
        if (JCudaDriver.cuStreamEndCapture(stream, graph) == 0) {
            JCudaDriver.cuGraphDestroy(graph);
        }
    }

    CUgraphExec instantiate(CUgraph graph) {
        CUgraphExec ready = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(ready, graph, 0), "make a recorded graph ready");
        return ready;
    }

    void launch(CUgraphExec graph, CUstream stream) {
        check(JCudaDriver.cuGraphLaunch(graph, stream), "launch a graph");
    }

    void destroy(CUgraph graph) {
        if (lost == null) {
            check(JCudaDriver.cuGraphDestroy(graph), "give back a recorded graph");
        }
    }

    void destroy(CUgraphExec graph) {
        if (lost == null) {
            check(JCudaDriver.cuGraphExecDestroy(graph), "give back a graph");
        }
    }

    static String readable(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** The name and number by which CUDA's documentation knows a result. */
    static String name(int result) {
        return CUresult.stringFor(result) + ", " + result;
    }

    void check(int result, String action) {
        if (result == 0) {
            return;
        }
        String earlier = lost;
        if (earlier != null) {
            throw new DeviceException(
                    "the GPU was lost earlier, when it was to " + earlier + "; start the program again");
        }
        if (LOST.contains(result)) {
            lost = action + " (" + name(result) + ")";
            throw new DeviceException("the GPU stopped working when it was to " + lost
                    + "; what it was computing is lost: start the program again, and see the system's log (dmesg, Xid)"
                    + " if it happens again");
        }
        if (result == OUT_OF_MEMORY) {
            throw new DeviceMemoryException(
                    "the GPU has too little memory to " + action + "; use a smaller batch or image",
                    new OutOfMemoryError(name(result)));
        }
        throw new DeviceException("the GPU refused to " + action + " (" + name(result) + ")");
    }

    private static final class FunctionAttribute {
        static final int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
    }
}
