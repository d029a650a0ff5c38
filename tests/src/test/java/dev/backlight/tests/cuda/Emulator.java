package dev.backlight.tests.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The stand-in for NVIDIA's driver, loaded into this process: JCuda, which asks for the same library by name, then gets it.
 * Its settings are those of {@code driver/settings.h}.
 */
@SuppressWarnings("restricted") // it is native code, which the tests are to load
final class Emulator {
    private static final Optional<String> IMPOSSIBLE = EmulatorBuild.impossible();
    private static final EmulatorBuild BUILD = new EmulatorBuild();

    private static final class Loaded {
        static final Path MODULES = BUILD.modules();

        static {
            System.load(BUILD.driver().resolve("libcuda.so.1").toAbsolutePath().toString());
            Emulator.put("modules", MODULES.toString());
        }

        static void touch() {}
    }

    private Emulator() {}

    /** Loads the stand-in, or skips the test with a reason where it cannot be built. */
    static void require() {
        if (Devices.areReal()) {
            skip("tests run on a GPU, and this one needs the emulator");
        }
        IMPOSSIBLE.ifPresent(Emulator::skip);
        Loaded.touch();
    }

    private static void skip(String reason) {
        System.out.println("skipped: " + reason);
        Assumptions.abort(reason);
    }

    static EmulatorBuild build() {
        return BUILD;
    }

    static Path modules() {
        return Loaded.MODULES;
    }

    /** Changes a setting; an empty value is its default. */
    static void set(String name, String value) {
        require();
        put(name, value);
    }

    private static void put(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle set = function(
                    "cudaEmuSet",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
            int result = (int) set.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value));
            if (result != 0) {
                throw new IllegalArgumentException("the emulator has no setting " + name);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a broken device whole again: after a fault, a real one would need a new process. */
    static void reset() {
        try {
            function("cudaEmuReset", FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the stand-in printed last. */
    static String said() {
        try {
            MemorySegment text = (MemorySegment) function("cudaEmuSaid", FunctionDescriptor.of(ValueLayout.ADDRESS))
                    .invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many pieces of device memory are allocated. */
    static long allocations() {
        try {
            return (long) function("cudaEmuAllocations", FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(SymbolLookup.loaderLookup().find(name).orElseThrow(), descriptor);
    }
}
