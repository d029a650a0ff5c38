package dev.backlight.kernels.cuda.vendor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;

/** cuDNN 8 through JCuda's binding. */
final class JcudnnDnn implements Dnn {
    private final cudnnHandle handle = new cudnnHandle();
    private final boolean tensorCores;
    private final Pointer one = Pointer.to(new float[] {1});
    private final Pointer zero = Pointer.to(new float[] {0});

    /**
     * @throws LinkageError when the binding or the library cannot be loaded
     * @throws VendorException when it does not work
     */
    JcudnnDnn(Session session) {
        this.tensorCores = session.tensorCores();
        JcudnnNative.unpack();
        VendorException.check(JCudnn.cudnnCreate(handle), "cudnnCreate");
        VendorException.check(JCudnn.cudnnSetStream(handle, new cudaStream_t(session.stream())), "cudnnSetStream");
    }

    @Override
    public String description() {
        return "libcudnn.so.8, version " + JCudnn.cudnnGetVersion() + ", through JCudnn";
    }

    @Override
    public Plan plan(ConvolutionShape shape) {
        return new JcudnnPlan(shape);
    }

    private static cudnnTensorDescriptor tensor(int n, int c, int h, int w) {
        cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
        VendorException.check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
        VendorException.check(
                JCudnn.cudnnSetTensor4dDescriptor(descriptor, ForeignDnn.NCHW, ForeignDnn.FLOAT, n, c, h, w),
                "cudnnSetTensor4dDescriptor");
        return descriptor;
    }

    private static cudnnFilterDescriptor filter(int o, int c, int h, int w) {
        cudnnFilterDescriptor descriptor = new cudnnFilterDescriptor();
        VendorException.check(JCudnn.cudnnCreateFilterDescriptor(descriptor), "cudnnCreateFilterDescriptor");
        VendorException.check(
                JCudnn.cudnnSetFilter4dDescriptor(descriptor, ForeignDnn.FLOAT, ForeignDnn.NCHW, o, c, h, w),
                "cudnnSetFilter4dDescriptor");
        return descriptor;
    }

    private cudnnConvolutionDescriptor convolution(ConvolutionShape s) {
        cudnnConvolutionDescriptor descriptor = new cudnnConvolutionDescriptor();
        VendorException.check(JCudnn.cudnnCreateConvolutionDescriptor(descriptor), "cudnnCreateConvolutionDescriptor");
        VendorException.check(
                JCudnn.cudnnSetConvolution2dDescriptor(
                        descriptor,
                        s.padY(),
                        s.padX(),
                        s.strideY(),
                        s.strideX(),
                        s.dilationY(),
                        s.dilationX(),
                        ForeignDnn.CROSS_CORRELATION,
                        ForeignDnn.FLOAT),
                "cudnnSetConvolution2dDescriptor");
        VendorException.check(
                JCudnn.cudnnSetConvolutionGroupCount(descriptor, s.groups()), "cudnnSetConvolutionGroupCount");
        int math = tensorCores ? ForeignDnn.DEFAULT_MATH : ForeignDnn.FMA_MATH;
        VendorException.check(JCudnn.cudnnSetConvolutionMathType(descriptor, math), "cudnnSetConvolutionMathType");
        return descriptor;
    }

    private final class JcudnnPlan implements Plan {
        private final cudnnTensorDescriptor x;
        private final cudnnFilterDescriptor w;
        private final cudnnTensorDescriptor y;
        private final cudnnConvolutionDescriptor convolution;

        JcudnnPlan(ConvolutionShape s) {
            x = tensor(s.n(), s.c(), s.h(), s.w());
            w = filter(s.o(), s.c() / s.groups(), s.kernelH(), s.kernelW());
            y = tensor(s.n(), s.o(), s.outH(), s.outW());
            convolution = convolution(s);
        }

        @Override
        public List<Algorithm> algorithms(Role role) {
            return switch (role) {
                case FORWARD -> forward();
                case INPUT_GRADIENT -> inputGradient();
                case WEIGHT_GRADIENT -> weightGradient();
            };
        }

        private List<Algorithm> forward() {
            int[] count = new int[1];
            var records = new cudnnConvolutionFwdAlgoPerf[ForeignDnn.MOST_ALGORITHMS];
            Arrays.setAll(records, i -> new cudnnConvolutionFwdAlgoPerf());
            int status = JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                    handle, x, w, convolution, y, records.length, count, records);
            List<Algorithm> found = new ArrayList<>();
            for (int i = 0; status == 0 && i < count[0]; i++) {
                add(found, records[i].status, records[i].algo, records[i].memory, records[i].determinism);
            }
            return found;
        }

        private List<Algorithm> inputGradient() {
            int[] count = new int[1];
            var records = new cudnnConvolutionBwdDataAlgoPerf[ForeignDnn.MOST_ALGORITHMS];
            Arrays.setAll(records, i -> new cudnnConvolutionBwdDataAlgoPerf());
            int status = JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                    handle, w, y, convolution, x, records.length, count, records);
            List<Algorithm> found = new ArrayList<>();
            for (int i = 0; status == 0 && i < count[0]; i++) {
                add(found, records[i].status, records[i].algo, records[i].memory, records[i].determinism);
            }
            return found;
        }

        private List<Algorithm> weightGradient() {
            int[] count = new int[1];
            var records = new cudnnConvolutionBwdFilterAlgoPerf[ForeignDnn.MOST_ALGORITHMS];
            Arrays.setAll(records, i -> new cudnnConvolutionBwdFilterAlgoPerf());
            int status = JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                    handle, x, y, convolution, w, records.length, count, records);
            List<Algorithm> found = new ArrayList<>();
            for (int i = 0; status == 0 && i < count[0]; i++) {
                add(found, records[i].status, records[i].algo, records[i].memory, records[i].determinism);
            }
            return found;
        }

        private static void add(List<Algorithm> found, int status, int algo, long memory, int determinism) {
            if (status == 0) {
                found.add(new Algorithm(algo, memory, determinism == ForeignDnn.DETERMINISTIC));
            }
        }

        @Override
        public void run(Role role, Algorithm algorithm, long xAt, long wAt, long yAt, long workspaceAt) {
            Pointer images = Session.pointer(xAt);
            Pointer weights = Session.pointer(wAt);
            Pointer results = Session.pointer(yAt);
            Pointer workspace = Session.pointer(workspaceAt);
            int number = algorithm.number();
            long bytes = algorithm.bytes();
            int status = switch (role) {
                case FORWARD ->
                    JCudnn.cudnnConvolutionForward(
                            handle,
                            one,
                            x,
                            images,
                            w,
                            weights,
                            convolution,
                            number,
                            workspace,
                            bytes,
                            zero,
                            y,
                            results);
                case INPUT_GRADIENT ->
                    JCudnn.cudnnConvolutionBackwardData(
                            handle,
                            one,
                            w,
                            weights,
                            y,
                            results,
                            convolution,
                            number,
                            workspace,
                            bytes,
                            zero,
                            x,
                            images);
                case WEIGHT_GRADIENT ->
                    JCudnn.cudnnConvolutionBackwardFilter(
                            handle,
                            one,
                            x,
                            images,
                            y,
                            results,
                            convolution,
                            number,
                            workspace,
                            bytes,
                            zero,
                            w,
                            weights);
            };
            VendorException.check(status, role.function);
        }
    }
}
