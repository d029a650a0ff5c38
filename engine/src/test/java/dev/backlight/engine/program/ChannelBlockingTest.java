package dev.backlight.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which steps are moved to blocks of channels, and what is moved for them. */
class ChannelBlockingTest {
    private static final int BLOCK = 16;
    private static final Primitive CONVOLUTION = new Primitive.Convolution(WindowGeometry.square(3, 1, 1), 1);

    private final List<Step> steps = new ArrayList<>();
    private final Set<Storage> varying = new HashSet<>();

    private static DeviceArray array(int... sizes) {
        Shape shape = Shape.of(sizes);
        Storage storage = Storage.placeholder(DType.F32, shape.elements());
        return new DeviceArray(shape, new Buffer(storage, 0, shape.elements()));
    }

    private DeviceArray input(int... sizes) {
        DeviceArray input = array(sizes);
        varying.add(input.storage());
        return input;
    }

    private DeviceArray step(Primitive primitive, Shape result, DeviceArray... inputs) {
        DeviceArray output = array(result.sizes());
        varying.add(output.storage());
        steps.add(new Step(primitive, List.of(inputs), output));
        return output;
    }

    private DeviceArray convolution(DeviceArray x, int filters) {
        Shape s = x.shape();
        DeviceArray weights = array(filters, s.size(1), 3, 3);
        return step(CONVOLUTION, Shape.of(s.size(0), filters, s.size(2), s.size(3)), x, weights);
    }

    private static Ports giving(DeviceArray result) {
        return new Ports(List.of(), List.of(result), List.of(), false);
    }

    private List<String> arranged(DeviceArray result) {
        List<Step> perRun = ChannelBlocking.arrange(BLOCK, List.of(), steps, varying, giving(result))
                .perRun();
        return perRun.stream().map(step -> name(step.primitive())).toList();
    }

    private static String name(Primitive primitive) {
        return primitive instanceof Primitive.Nchwc blocked
                ? "blocked " + name(blocked.primitive())
                : primitive.getClass().getSimpleName();
    }

    @Test
    void aResidualBlockMovesItsInputAndItsResultOnly() {
        DeviceArray x = input(2, 64, 8, 8);
        DeviceArray y = convolution(convolution(x, 64), 64);
        DeviceArray sum = step(new Primitive.Binary(BinaryFunction.ADD), y.shape(), y, x);
        DeviceArray out = step(new Primitive.Unary(UnaryFunction.POSITIVE_PART), y.shape(), sum);
        assertEquals(
                List.of("Permute", "blocked Convolution", "blocked Convolution", "Binary", "Unary", "Permute"),
                arranged(out));
    }

    @Test
    void aNetworksFirstConvolutionReadsThePlainImage() {
        for (int channels : new int[] {3, BLOCK - 1}) {
            steps.clear();
            DeviceArray y = convolution(convolution(input(1, channels, 32, 32), 64), 64);
            assertEquals(List.of("blocked Convolution", "blocked Convolution", "Permute"), arranged(y));
        }
    }

    @Test
    void theGradientOfANetworksInputReadsBlocks() {
        assertEquals(
                List.of("Permute", "blocked ConvolutionInputGradient", "blocked ConvolutionInputGradient"),
                arranged(gradientOfAnImage(3, 64)));
    }

    @Test
    void gradientsOfMoreChannelsOrShortRowsReadPlainImages() {
        List<String> plain =
                List.of("Permute", "blocked ConvolutionInputGradient", "Permute", "ConvolutionInputGradient");
        assertEquals(plain, arranged(gradientOfAnImage(4, 64)));
        steps.clear();
        assertEquals(plain, arranged(gradientOfAnImage(3, 32)));
    }

    private DeviceArray gradientOfAnImage(int channels, int side) {
        Primitive gradient = new Primitive.ConvolutionInputGradient(WindowGeometry.square(3, 1, 1), 1);
        Shape inner = Shape.of(2, 64, side, side);
        DeviceArray u = step(gradient, inner, input(2, 64, side, side), array(64, 64, 3, 3));
        return step(gradient, inner.with(1, channels), u, array(64, channels, 3, 3));
    }

    /** What all images share, such as a rule's parameters, is one image; what is summed over planes is none. */
    @Test
    void imagesAreAddedUpInBlocksButNotTheirPlanes() {
        Primitive sum = new Primitive.Reduce(Primitive.Reduction.SUM);
        DeviceArray y = convolution(input(2, 64, 8, 8), 64);
        assertEquals(
                List.of("Permute", "blocked Convolution", "Reduce", "Permute"),
                arranged(step(sum, y.shape().with(0, 1), y)));
        steps.removeLast();
        assertEquals(
                List.of("Permute", "blocked Convolution", "Permute", "Reduce"),
                arranged(step(sum, Shape.of(2, 64, 1, 1), y)));
    }

    @Test
    void aFewMultiplyAddsAreNotWorthMoving() {
        DeviceArray x = input(1, 16, 32, 32);
        DeviceArray y = step(
                new Primitive.Convolution(WindowGeometry.square(1, 1, 0), 1),
                Shape.of(1, 16, 32, 32),
                x,
                array(16, 16, 1, 1));
        assertEquals(List.of("Convolution"), arranged(y));
    }

    @Test
    void channelsThatDoNotFillBlocksStayPlain() {
        DeviceArray y = convolution(convolution(input(1, 24, 16, 16), 40), 24);
        assertEquals(List.of("Convolution", "Convolution"), arranged(y));
    }

    @Test
    void scalesPerChannelAreReadInBlocksWithoutBeingMoved() {
        DeviceArray y = convolution(input(1, 3, 32, 32), 64);
        DeviceArray scaled = step(new Primitive.ChannelAffine(), y.shape(), y, array(64), array(64));
        DeviceArray stretched =
                step(new Primitive.Binary(BinaryFunction.MULTIPLY), y.shape(), scaled, array(1, 64, 1, 1));
        DeviceArray out = convolution(stretched, 64);
        assertEquals(
                List.of("blocked Convolution", "blocked Fused", "blocked Fused", "blocked Convolution", "Permute"),
                arranged(out));
    }

    /** A path from one image to another, of which a network computes many points at once. */
    @Test
    void whatIsStretchedOverABatchIsMovedBefore() {
        DeviceArray start = input(1, 64, 32, 32), way = input(1, 64, 32, 32), alphas = input(8, 1, 1, 1);
        Shape points = Shape.of(8, 64, 32, 32);
        DeviceArray along = step(new Primitive.Binary(BinaryFunction.MULTIPLY), points, way, alphas);
        DeviceArray path = step(new Primitive.Binary(BinaryFunction.ADD), points, along, start);
        assertEquals(
                List.of("Permute", "Binary", "Permute", "Binary", "blocked Convolution", "Permute"),
                arranged(convolution(path, 64)));
    }

    @Test
    void whatReadsPlainImagesFindsThem() {
        DeviceArray y = convolution(input(1, 3, 32, 32), 64);
        DeviceArray again = convolution(y, 64);
        DeviceArray mean = step(new Primitive.Reduce(Primitive.Reduction.SUM), Shape.of(1, 64, 1, 1), again);
        assertEquals(List.of("blocked Convolution", "blocked Convolution", "Permute", "Reduce"), arranged(mean));
    }

    @Test
    void wholeBlocksOfChannelsAreCutWithoutBeingMoved() {
        DeviceArray y = convolution(input(1, 3, 32, 32), 64);
        Primitive part = new Primitive.Slice(AxisList.of(0, 32, 0, 0), AxisList.of(1, 1, 1, 1));
        DeviceArray cut = step(part, Shape.of(1, 32, 32, 32), y);
        assertEquals(
                List.of("blocked Convolution", "Slice", "blocked Convolution", "Permute"),
                arranged(convolution(cut, 64)));
        steps.clear();
        DeviceArray again = convolution(input(1, 3, 32, 32), 64);
        Primitive odd = new Primitive.Slice(AxisList.of(0, 8, 0, 0), AxisList.of(1, 1, 1, 1));
        DeviceArray piece = step(odd, Shape.of(1, 32, 32, 32), again);
        assertEquals("Slice", arranged(convolution(piece, 64)).get(2));
    }

    @Test
    void aChainInBlocksWritesOverTheOperandThatDiesWithIt() {
        DeviceArray y = convolution(input(1, 3, 32, 32), 64);
        DeviceArray scaled = step(new Primitive.ChannelAffine(), y.shape(), y, array(64), array(64));
        DeviceArray out = convolution(scaled, 64);
        List<Step> perRun = ChannelBlocking.arrange(BLOCK, List.of(), steps, varying, giving(out))
                .perRun();
        assertEquals(2, new SlotPlan(perRun, Set.of(out.storage())).slots().size());
    }
}
