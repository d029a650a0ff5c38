package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Bare JCuda in a few methods, for tests of the emulator itself. Kernels are those of {@code bugs.cu}. */
final class PlainDriver {
    /** Types of parameters as PTX names them. */
    enum Parameter {
        ADDRESS(".u64"),
        F32(".f32"),
        I32(".u32");

        final String ptx;

        Parameter(String ptx) {
            this.ptx = ptx;
        }
    }

    static final @Nullable CUstream DEFAULT_STREAM = null;

    PlainDriver() {
        JCudaDriver.setExceptionsEnabled(false);
        check(JCudaDriver.cuInit(0));
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0));
        CUcontext context = new CUcontext();
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
        check(JCudaDriver.cuCtxSetCurrent(context));
    }

    static void check(int result) {
        assertEquals(0, result, () -> Emulator.said());
    }

    /** PTX of a kernel without a body: the emulator reads names and parameters only. */
    static String ptx(String name, Parameter... parameters) {
        return IntStream.range(0, parameters.length)
                .mapToObj(i -> ".param " + parameters[i].ptx + " " + name + "_param_" + i)
                .collect(Collectors.joining(
                        ", ",
                        ".version 7.0\n.target sm_80\n.visible .entry " + name + "(",
                        ")\n.maxntid 256, 1, 1\n{}\n"));
    }

    static CUmodule module(String ptx) {
        CUmodule module = new CUmodule();
        check(JCudaDriver.cuModuleLoadData(module, (ptx + "\0").getBytes(StandardCharsets.US_ASCII)));
        return module;
    }

    static CUfunction kernel(String name, Parameter... parameters) {
        CUfunction function = new CUfunction();
        check(JCudaDriver.cuModuleGetFunction(function, module(ptx(name, parameters)), name));
        return function;
    }

    /** Launches with kernel parameters and waits; the first error of either. */
    static int run(CUfunction kernel, int blocks, int threads, int shared, Pointer... parameters) {
        int launched = launch(kernel, blocks, threads, shared, DEFAULT_STREAM, parameters);
        return launched != 0 ? launched : JCudaDriver.cuCtxSynchronize();
    }

    static int launch(
            CUfunction kernel, int blocks, int threads, int shared, @Nullable CUstream stream, Pointer... parameters) {
        return JCudaDriver.cuLaunchKernel(
                kernel, blocks, 1, 1, threads, 1, 1, shared, stream, Pointer.to(parameters), null);
    }

    static Pointer at(CUdeviceptr memory) {
        return Pointer.to(memory);
    }

    static Pointer value(int value) {
        return Pointer.to(new int[] {value});
    }

    static Pointer value(float value) {
        return Pointer.to(new float[] {value});
    }

    static CUdeviceptr memory(int floats) {
        CUdeviceptr memory = new CUdeviceptr();
        check(JCudaDriver.cuMemAlloc(memory, 4L * floats));
        return memory;
    }

    static CUdeviceptr memory(float... values) {
        CUdeviceptr memory = memory(values.length);
        check(JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(values), 4L * values.length));
        return memory;
    }

    static float[] read(CUdeviceptr memory, int floats) {
        float[] values = new float[floats];
        check(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), memory, 4L * floats));
        return values;
    }

    static void free(CUdeviceptr... memory) {
        List.of(memory).forEach(one -> check(JCudaDriver.cuMemFree(one)));
    }

    static float[] counting(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i + 1;
        }
        return values;
    }
}
