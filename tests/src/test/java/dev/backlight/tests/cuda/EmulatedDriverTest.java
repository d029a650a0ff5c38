package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.at;
import static dev.backlight.tests.cuda.PlainDriver.check;
import static dev.backlight.tests.cuda.PlainDriver.kernel;
import static dev.backlight.tests.cuda.PlainDriver.launch;
import static dev.backlight.tests.cuda.PlainDriver.memory;
import static dev.backlight.tests.cuda.PlainDriver.read;
import static dev.backlight.tests.cuda.PlainDriver.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.tests.cuda.PlainDriver.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/** What the emulator's driver makes of launches, streams and graphs, and what it refuses. */
class EmulatedDriverTest extends EmulatedDevice {
    @Test
    void aLaunchParameterBufferIsUnderstoodAndItsSizeChecked() {
        CUfunction fill = kernel("fill", Parameter.ADDRESS, Parameter.F32, Parameter.I32);
        assertEquals(0, launchWithBuffer(fill, 16));
        assertEquals(2.5f, read(y, 1)[0]);
        assertEquals(CUresult.CUDA_ERROR_INVALID_VALUE, launchWithBuffer(fill, 12));
    }

    private int launchWithBuffer(CUfunction fill, int size) {
        ByteBuffer arguments = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        arguments.putLong(0, address(y)).putFloat(8, 2.5f).putInt(12, 1);
        Pointer extra = Pointer.to(
                JCudaDriver.CU_LAUNCH_PARAM_BUFFER_POINTER,
                Pointer.to(arguments),
                JCudaDriver.CU_LAUNCH_PARAM_BUFFER_SIZE,
                Pointer.to(new long[] {size}),
                JCudaDriver.CU_LAUNCH_PARAM_END);
        return JCudaDriver.cuLaunchKernel(fill, 1, 1, 1, 32, 1, 1, 0, null, null, extra);
    }

    private static long address(CUdeviceptr memory) {
        return new CUdeviceptr(memory) {
            long raw() {
                return getNativePointer() + getByteOffset();
            }
        }.raw();
    }

    @Test
    void aGraphRepeatsWhatAStreamRecorded() {
        CUstream stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, 1));
        CUfunction reverse = kernel("reverse", TWO);
        check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        check(launch(reverse, 1, THREADS, 0, stream, at(x), at(y)));
        check(launch(reverse, 1, THREADS, 0, stream, at(y), at(x)));
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(stream, graph));
        assertTrue(Float.isNaN(read(y, 1)[0]), "recording does nothing");
        CUgraphExec executable = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(executable, graph, 0));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuGraphLaunch(executable, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        assertArrayEquals(reversed(), read(y, THREADS));
        check(JCudaDriver.cuMemFree(y));
        assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuGraphLaunch(executable, stream));
        assertTrue(Emulator.said().contains("into freed memory"), Emulator.said());
        Emulator.reset();
        y = memory(THREADS);
        check(JCudaDriver.cuGraphExecDestroy(executable));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    @Test
    void whatWaitsOrAllocatesSpoilsARecording() {
        CUstream stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, 1));
        check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        assertEquals(
                CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, JCudaDriver.cuStreamEndCapture(stream, new CUgraph()));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    @Test
    void deferredStreamsDoNothingUntilSomebodyWaits() {
        Emulator.set("async", "deferred");
        CUstream stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, 1));
        check(launch(kernel("reverse", TWO), 1, THREADS, 0, stream, at(x), at(y)));
        assertTrue(Float.isNaN(read(y, 1)[0]), "a copy that does not wait for the stream comes too early");
        check(JCudaDriver.cuStreamSynchronize(stream));
        assertArrayEquals(reversed(), read(y, THREADS));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    @Test
    void tooManyThreadsTooMuchSharedMemoryAndWrongSignatures() {
        CUfunction reverse = kernel("reverse", TWO);
        assertEquals(CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, run(reverse, 1, 512, 0, at(x), at(y)));
        assertEquals(CUresult.CUDA_ERROR_INVALID_VALUE, run(reverse, 1, THREADS, 64 << 10, at(x), at(y)));
        assertEquals(
                CUresult.CUDA_ERROR_INVALID_IMAGE,
                JCudaDriver.cuModuleGetFunction(
                        new CUfunction(),
                        PlainDriver.module(PlainDriver.ptx("reverse", Parameter.ADDRESS, Parameter.I32)),
                        "reverse"));
        assertEquals(
                CUresult.CUDA_ERROR_NOT_FOUND,
                JCudaDriver.cuModuleGetFunction(
                        new CUfunction(), PlainDriver.module(PlainDriver.ptx("reverse", TWO)), "reversed"));
    }

    @Test
    void plannedFailures() {
        Emulator.set("memory", "5000");
        assertEquals(CUresult.CUDA_ERROR_OUT_OF_MEMORY, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4000));
        Emulator.set("memory", "");
        Emulator.set("lost", "2");
        CUfunction reverse = kernel("reverse", TWO);
        check(run(reverse, 1, THREADS, 0, at(x), at(y)));
        assertNotEquals(0, run(reverse, 1, THREADS, 0, at(x), at(y)));
        assertEquals(CUresult.CUDA_ERROR_UNKNOWN, JCudaDriver.cuCtxSynchronize());
    }

    @Test
    void whatIsNotEmulatedSaysSo() {
        assertEquals(CUresult.CUDA_ERROR_NOT_SUPPORTED, JCudaDriver.cuMemAdvise(y, 4, 1, new jcuda.driver.CUdevice()));
    }
}
