package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.at;
import static dev.backlight.tests.cuda.PlainDriver.check;
import static dev.backlight.tests.cuda.PlainDriver.counting;
import static dev.backlight.tests.cuda.PlainDriver.free;
import static dev.backlight.tests.cuda.PlainDriver.kernel;
import static dev.backlight.tests.cuda.PlainDriver.launch;
import static dev.backlight.tests.cuda.PlainDriver.memory;
import static dev.backlight.tests.cuda.PlainDriver.read;
import static dev.backlight.tests.cuda.PlainDriver.run;
import static dev.backlight.tests.cuda.PlainDriver.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.tests.cuda.PlainDriver.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the emulator can do, and that each of its modes catches the bug that is planted for it. */
class EmulatorTest {
    private static final int THREADS = 256;
    private static final Parameter[] TWO = {Parameter.ADDRESS, Parameter.ADDRESS};

    private CUdeviceptr x = new CUdeviceptr();
    private CUdeviceptr y = new CUdeviceptr();

    @BeforeAll
    static void load() {
        Emulator.require();
        new PlainDriver();
    }

    @BeforeEach
    void allocate() {
        x = memory(counting(THREADS));
        y = memory(THREADS);
    }

    @AfterEach
    void whole() {
        Emulator.reset();
        for (String setting : new String[] {"order", "async", "memory", "lost", "workers"}) {
            Emulator.set(setting, "");
        }
        free(x, y);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1", "random:2"})
    void barriersHoldInEveryOrderOfThreads(String order) {
        Emulator.set("order", order);
        check(run(kernel("reverse", TWO), 1, THREADS, 0, at(x), at(y)));
        assertArrayEquals(reversed(), read(y, THREADS));
    }

    private static float[] reversed() {
        float[] values = new float[THREADS];
        for (int i = 0; i < THREADS; i++) {
            values[i] = THREADS - i;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1"})
    void aMissingBarrierShowsInEveryOrderOfThreads(String order) {
        Emulator.set("order", order);
        check(run(kernel("reverse_without_barrier", TWO), 1, THREADS, 0, at(x), at(y)));
        float[] found = read(y, THREADS);
        int wrong = 0;
        for (int i = 0; i < THREADS; i++) {
            wrong += found[i] == THREADS - i ? 0 : 1;
        }
        assertTrue(wrong > THREADS / 4, wrong + " elements are wrong");
    }

    @Test
    void warpFunctionsVotesAndBarriersThatCount() {
        float[] mixed = new float[32];
        int positive = 0;
        float sum = 0;
        for (int i = 0; i < 32; i++) {
            mixed[i] = i % 3 == 0 ? -i : i;
            positive |= mixed[i] > 0 ? 1 << i : 0;
            sum += mixed[i];
        }
        CUdeviceptr data = memory(mixed);
        check(run(kernel("warp_functions", TWO), 1, 32, 0, at(data), at(y)));
        float[] found = read(y, 3);
        assertEquals(sum, found[0]);
        assertEquals(positive, Float.floatToRawIntBits(found[1]));
        assertEquals(Integer.bitCount(positive), found[2]);
        free(data);
    }

    @Test
    void atomicsOfAllBlocksOnAllWorkers() {
        CUdeviceptr count = memory(1);
        check(JCudaDriver.cuMemsetD32(count, 0, 1));
        check(run(kernel("counted", Parameter.ADDRESS), 1000, 96, 0, at(count)));
        assertEquals(96_000, Float.floatToRawIntBits(read(count, 1)[0]));
        free(count);
    }

    /** Factors of few digits, which TF32 holds exactly. */
    @Test
    void tensorCoreProduct() {
        Random random = new Random(5);
        float[] a = new float[16 * 8];
        float[] b = new float[8 * 8];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextInt(-500, 500) / 64f;
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = random.nextInt(-500, 500) / 64f;
        }
        CUdeviceptr left = memory(a);
        CUdeviceptr right = memory(b);
        check(run(
                kernel("tile_product", Parameter.ADDRESS, Parameter.ADDRESS, Parameter.ADDRESS),
                1,
                32,
                0,
                at(left),
                at(right),
                at(y)));
        float[] found = read(y, 16 * 8);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 8; column++) {
                double expected = 0;
                for (int k = 0; k < 8; k++) {
                    expected += a[row * 8 + k] * (double) b[k * 8 + column];
                }
                assertEquals(expected, found[row * 8 + column], 1e-4);
            }
        }
        free(left, right);
    }

    @Test
    void asynchronousCopiesArriveAtTheWait() {
        check(run(kernel("awaited_copy", TWO), 1, 64, 0, at(x), at(y)));
        float[] found = read(y, 64);
        for (int i = 0; i < 64; i++) {
            assertEquals(i % 2 == 0 ? i + 1 : 0, found[i]);
        }
        check(run(kernel("unawaited_copy", TWO), 1, 64, 0, at(x), at(y)));
        assertTrue(Float.isNaN(read(y, 64)[0]));
    }

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
    void anOverrunNamesKernelBlockThreadAndAllocation() {
        CUfunction kernel = kernel("past_the_end", Parameter.ADDRESS, Parameter.I32);
        assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, run(kernel, 2, THREADS, 0, at(y), value(THREADS)));
        assertTrue(
                Emulator.said().contains("0 bytes past the end of an allocation of 1024 bytes")
                        && Emulator.said().contains("in kernel past_the_end, block (1,0,0), thread 0"),
                Emulator.said());
        assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuCtxSynchronize(), "the error stays");
    }

    /** Where the end of the allocation is no multiple of 16 bytes, the margin behind it shows the overrun at the next wait. */
    @Test
    void anOverrunOfAFewBytesIsNoticed() {
        CUdeviceptr odd = memory(250);
        CUfunction kernel = kernel("past_the_end", Parameter.ADDRESS, Parameter.I32);
        check(launch(kernel, 1, THREADS, 0, PlainDriver.DEFAULT_STREAM, at(odd), value(250)));
        assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuMemFree(odd));
    }

    @Test
    void anOverrunOfDynamicSharedMemoryFaults() {
        assertEquals(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                run(kernel("past_dynamic_shared_memory", Parameter.ADDRESS), 1, 64, 64 * 4, at(y)));
    }

    @Test
    void divergentBarriersAndDeadlocks() {
        assertEquals(
                CUresult.CUDA_ERROR_LAUNCH_FAILED,
                run(kernel("different_barriers", Parameter.ADDRESS), 1, 64, 0, at(y)));
        assertTrue(
                Emulator.said().contains("divergent barrier: thread 40 is at __syncthreads() of bugs.cu:"),
                Emulator.said());
        Emulator.reset();
        assertEquals(
                CUresult.CUDA_ERROR_LAUNCH_FAILED, run(kernel("barrier_of_some", Parameter.ADDRESS), 1, 64, 0, at(y)));
        assertTrue(Emulator.said().contains("divergent barrier"), Emulator.said());
        Emulator.reset();
        assertEquals(
                CUresult.CUDA_ERROR_LAUNCH_FAILED, run(kernel("waits_forever", Parameter.ADDRESS), 1, 64, 0, at(y)));
        assertTrue(Emulator.said().contains("deadlock"), Emulator.said());
    }

    @Test
    void whatNobodyWroteIsNaN() {
        assertTrue(Float.isNaN(read(y, 1)[0]), "memory of the device");
        check(run(kernel("unwritten_shared_memory", Parameter.ADDRESS), 1, 64, 0, at(y)));
        float[] found = read(y, 64);
        assertEquals(1, found[31]);
        assertTrue(Float.isNaN(found[32]), "shared memory");
    }

    @Test
    void misalignedLoadsOf16Bytes() {
        assertEquals(CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, run(kernel("misaligned", TWO), 1, 1, 0, at(x), at(y)));
    }

    @Test
    void hostPointersDoubleFreesAndCopiesPastTheEndAreRefused() {
        assertEquals(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemcpyHtoD(y, Pointer.to(new float[512]), 2048));
        CUdeviceptr once = memory(4);
        check(JCudaDriver.cuMemFree(once));
        assertEquals(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemFree(once));
        assertEquals(
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                run(kernel("reverse", TWO), 1, THREADS, 0, at(x), Pointer.to(new long[] {0x7f00_0000_1000L})));
        assertTrue(Emulator.said().contains("parameter 1 is no address of the device"), Emulator.said());
    }

    @Test
    void leaksAreCounted() {
        long before = Emulator.allocations();
        CUdeviceptr forgotten = memory(4);
        assertEquals(before + 1, Emulator.allocations());
        free(forgotten);
        assertEquals(before, Emulator.allocations());
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
