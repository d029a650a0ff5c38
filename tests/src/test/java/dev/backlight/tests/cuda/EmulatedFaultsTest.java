package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.at;
import static dev.backlight.tests.cuda.PlainDriver.check;
import static dev.backlight.tests.cuda.PlainDriver.free;
import static dev.backlight.tests.cuda.PlainDriver.kernel;
import static dev.backlight.tests.cuda.PlainDriver.launch;
import static dev.backlight.tests.cuda.PlainDriver.memory;
import static dev.backlight.tests.cuda.PlainDriver.read;
import static dev.backlight.tests.cuda.PlainDriver.run;
import static dev.backlight.tests.cuda.PlainDriver.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.tests.cuda.PlainDriver.Parameter;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/** That each of the emulator's modes catches the bug that is planted for it. */
class EmulatedFaultsTest extends EmulatedDevice {
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
}
