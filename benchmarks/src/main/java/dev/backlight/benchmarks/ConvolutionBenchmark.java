package dev.backlight.benchmarks;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.vector.Convolution;
import dev.backlight.kernels.vector.Epilogue;
import dev.backlight.kernels.vector.Span;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Convolutions of ResNet-20 on CIFAR at batch 32 and of ResNet-50 on ImageNet at batch 1, and their gradients. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before it measures
public class ConvolutionBenchmark {
    /** Batch, channels, side of the image, filters, side of the window, stride, padding, groups. */
    @Param({
        "32,16,32,16,3,1,1,1",
        "32,16,32,32,3,2,1,1",
        "32,32,16,32,3,1,1,1",
        "32,64,8,64,3,1,1,1",
        "1,3,224,64,7,2,3,1",
        "1,64,56,64,3,1,1,1",
        "1,64,56,256,1,1,0,1",
        "1,128,28,128,3,1,1,1",
        "1,256,14,256,3,1,1,1",
        "1,512,28,1024,1,2,0,1",
        "1,512,7,512,3,1,1,1",
        "1,96,56,96,3,1,1,96"
    })
    public String layer;

    @Param({"1", "2"})
    public int threads;

    private Parallel parallel;
    private Convolution convolution;
    private ConvolutionShape shape;
    private double gflop;
    private Span x;
    private Span w;
    private Span y;
    private Span dx;
    private Span dw;

    @Setup
    public void setup() {
        parallel = new Parallel(threads);
        convolution = new Convolution(parallel);
        String[] sizes = layer.split(",", -1);
        int batch = Integer.parseInt(sizes[0]), channels = Integer.parseInt(sizes[1]);
        int side = Integer.parseInt(sizes[2]), filters = Integer.parseInt(sizes[3]);
        int window = Integer.parseInt(sizes[4]), groups = Integer.parseInt(sizes[7]);
        WindowGeometry geometry = WindowGeometry.square(window, Integer.parseInt(sizes[5]), Integer.parseInt(sizes[6]));
        int out = geometry.outputHeight(side);
        shape = new ConvolutionShape(batch, channels, side, side, filters, out, out, geometry, groups);
        gflop = 2e-9 * batch * filters * channels / groups * window * window * out * out;
        SplittableRandom random = new SplittableRandom(1);
        x = new Span(Samples.uniform(random, batch * channels * side * side), 0);
        w = new Span(Samples.uniform(random, filters * (channels / groups) * window * window), 0);
        y = new Span(Samples.uniform(random, batch * filters * out * out), 0);
        dx = new Span(new float[x.data().length], 0);
        dw = new Span(new float[w.data().length], 0);
    }

    @TearDown
    public void tearDown() {
        parallel.close();
    }

    @Benchmark
    public float[] forward(Work work) {
        convolution.forward(shape, x, w, Epilogue.NONE, y);
        work.gflop += gflop;
        return y.data();
    }

    @Benchmark
    public float[] inputGradient(Work work) {
        convolution.inputGradient(shape, y, w, dx);
        work.gflop += gflop;
        return dx.data();
    }

    @Benchmark
    public float[] weightGradient(Work work) {
        convolution.weightGradient(shape, x, y, dw);
        work.gflop += gflop;
        return dw.data();
    }
}
