package dev.backlight.kernels.cuda.vendor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** cuDNN through {@code java.lang.foreign}: its version 9 has kept the calls of version 8 that are used here. */
final class ForeignDnn implements Dnn {
    static final int FLOAT = 0;
    static final int NCHW = 0;
    static final int CROSS_CORRELATION = 1;

    /** Tensor cores allowed, TF32 among what they do. */
    static final int DEFAULT_MATH = 0;

    /** Fused multiply and add in single precision only. */
    static final int FMA_MATH = 3;

    static final int DETERMINISTIC = 1;

    /** As many algorithms as cuDNN has for any role. */
    static final int MOST_ALGORITHMS = 10;

    /** cudnnConvolution…AlgoPerf_t: algo, status, time, (gap), memory, determinism, mathType, reserved[3], (gap). */
    private static final int RECORD_BYTES = 48;

    private static final int STATUS_AT = 4;
    private static final int MEMORY_AT = 16;
    private static final int DETERMINISM_AT = 24;

    private record Calls(MethodHandle search, MethodHandle run) {}

    private final String name;
    private final Foreign library;
    private final MemorySegment handle;
    private final boolean tensorCores;
    private final Map<Role, Calls> calls = new EnumMap<>(Role.class);
    private final MemorySegment one = Arena.global().allocateFrom(JAVA_FLOAT, 1);
    private final MemorySegment zero = Arena.global().allocateFrom(JAVA_FLOAT, 0);

    /** @throws VendorException when the library is not there or does not work */
    ForeignDnn(String name, Session session) {
        this.name = name;
        this.library = new Foreign(name);
        this.tensorCores = session.tensorCores();
        this.handle = created("cudnnCreate");
        Foreign.call(
                "cudnnSetStream",
                library.function("cudnnSetStream", ADDRESS, ADDRESS),
                handle,
                MemorySegment.ofAddress(session.streamHandle()));
        calls.put(Role.FORWARD, calls("cudnnGetConvolutionForwardAlgorithm_v7", Role.FORWARD.function));
        calls.put(
                Role.INPUT_GRADIENT,
                calls("cudnnGetConvolutionBackwardDataAlgorithm_v7", Role.INPUT_GRADIENT.function));
        calls.put(
                Role.WEIGHT_GRADIENT,
                calls("cudnnGetConvolutionBackwardFilterAlgorithm_v7", Role.WEIGHT_GRADIENT.function));
    }

    private Calls calls(String search, String run) {
        return new Calls(
                library.function(search, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
                library.function(
                        run, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG,
                        JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));
    }

    @Override
    public String description() {
        long version = (long) Foreign.invoke(library.function("cudnnGetVersion", FunctionDescriptor.of(JAVA_LONG)));
        return name + ", version " + version;
    }

    @Override
    public Plan plan(ConvolutionShape shape) {
        return new ForeignPlan(shape);
    }

    /** What a function creates whose only argument is the place for it. */
    private MemorySegment created(String function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            Foreign.call(function, library.function(function, ADDRESS), place);
            return place.get(ADDRESS, 0);
        }
    }

    private MemorySegment tensor(int... sizes) {
        return described("cudnnCreateTensorDescriptor", "cudnnSetTensor4dDescriptor", NCHW, FLOAT, sizes);
    }

    private MemorySegment filter(int... sizes) {
        return described("cudnnCreateFilterDescriptor", "cudnnSetFilter4dDescriptor", FLOAT, NCHW, sizes);
    }

    private MemorySegment described(String create, String set, int first, int second, int... sizes) {
        MemorySegment descriptor = created(create);
        Foreign.call(
                set,
                library.function(set, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                descriptor,
                first,
                second,
                sizes[0],
                sizes[1],
                sizes[2],
                sizes[3]);
        return descriptor;
    }

    private MemorySegment convolution(ConvolutionShape s) {
        MemorySegment descriptor = created("cudnnCreateConvolutionDescriptor");
        Foreign.call(
                "cudnnSetConvolution2dDescriptor",
                library.function(
                        "cudnnSetConvolution2dDescriptor",
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT),
                descriptor,
                s.padY(),
                s.padX(),
                s.strideY(),
                s.strideX(),
                s.dilationY(),
                s.dilationX(),
                CROSS_CORRELATION,
                FLOAT);
        set("cudnnSetConvolutionGroupCount", descriptor, s.groups());
        set("cudnnSetConvolutionMathType", descriptor, tensorCores ? DEFAULT_MATH : FMA_MATH);
        return descriptor;
    }

    private void set(String function, MemorySegment descriptor, int value) {
        Foreign.call(function, library.function(function, ADDRESS, JAVA_INT), descriptor, value);
    }

    private final class ForeignPlan implements Plan {
        private final MemorySegment x;
        private final MemorySegment w;
        private final MemorySegment y;
        private final MemorySegment convolution;

        ForeignPlan(ConvolutionShape s) {
            x = tensor(s.n(), s.c(), s.h(), s.w());
            w = filter(s.o(), s.c() / s.groups(), s.kernelH(), s.kernelW());
            y = tensor(s.n(), s.o(), s.outH(), s.outW());
            convolution = convolution(s);
        }

        @Override
        public List<Algorithm> algorithms(Role role) {
            List<Algorithm> found = new ArrayList<>();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment count = arena.allocate(JAVA_INT);
                MemorySegment records = arena.allocate((long) RECORD_BYTES * MOST_ALGORITHMS, Long.BYTES);
                MemorySegment[] d = inOrder(role);
                int status = Foreign.status(
                        calls(role).search, handle, d[0], d[1], convolution, d[2], MOST_ALGORITHMS, count, records);
                if (status != 0) {
                    return List.of();
                }
                for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                    MemorySegment one = records.asSlice((long) RECORD_BYTES * i, RECORD_BYTES);
                    if (one.get(JAVA_INT, STATUS_AT) == 0) {
                        found.add(new Algorithm(
                                one.get(JAVA_INT, 0),
                                one.get(JAVA_LONG, MEMORY_AT),
                                one.get(JAVA_INT, DETERMINISM_AT) == DETERMINISTIC));
                    }
                }
            }
            return found;
        }

        @Override
        public void run(Role role, Algorithm algorithm, long x, long w, long y, long workspace) {
            MemorySegment[] d = inOrder(role);
            long[] at = switch (role) {
                case FORWARD -> new long[] {x, w, y};
                case INPUT_GRADIENT -> new long[] {w, y, x};
                case WEIGHT_GRADIENT -> new long[] {x, y, w};
            };
            Calls of = calls(role);
            try {
                int status = (int) of.run.invokeExact(
                        handle,
                        one,
                        d[0],
                        at[0],
                        d[1],
                        at[1],
                        convolution,
                        algorithm.number(),
                        workspace,
                        algorithm.bytes(),
                        zero,
                        d[2],
                        at[2]);
                VendorException.check(status, role.function);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        /** The two that are read, then the one that is written. */
        private MemorySegment[] inOrder(Role role) {
            return switch (role) {
                case FORWARD -> new MemorySegment[] {x, w, y};
                case INPUT_GRADIENT -> new MemorySegment[] {w, y, x};
                case WEIGHT_GRADIENT -> new MemorySegment[] {x, y, w};
            };
        }
    }

    private Calls calls(Role role) {
        Calls found = calls.get(role);
        if (found == null) {
            throw new IllegalArgumentException(role.toString());
        }
        return found;
    }
}
