package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.counting;
import static dev.backlight.engine.op.Tensors.indices;
import static dev.backlight.engine.op.Tensors.vector;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each misuse is answered by one sentence with the shapes involved. */
class ErrorMessagesTest {
    private static final WindowGeometry WINDOW = WindowGeometry.square(3, 1, 1);
    private final Tensor image = counting(1, 2, 4, 4);

    @Test
    void operands() {
        says(
                "shapes 2 and 3 do not broadcast: sizes 2 and 3 differ at axis −1 and neither is 1",
                () -> Ops.pow(vector(1, 2), vector(1, 2, 3)));
        says(
                "add needs operands of one type, but found F64 2 and F32 2; cast one of them",
                () -> Ops.add(vector(1, 2), Ops.cast(vector(1, 2), DType.F32)));
        says(
                "matmul needs matrices or stacks of them, but found 2 and 2",
                () -> Ops.matmul(vector(1, 2), vector(1, 2)));
        says(
                "linear needs an input N×I and weights O×I, but found 2×3 and 4×2",
                () -> Ops.linear(counting(2, 3), counting(4, 2), null));
        says(
                "linear with weights 4×3 needs a bias of size 4, but found 3",
                () -> Ops.linear(counting(2, 3), counting(4, 3), vector(1, 2, 3)));
        says("clip needs bounds in order, but found low 1.0 and high 0.0", () -> Ops.clip(image, 1, 0));
        says(
                "softmax needs a tensor of F32 or F64, but found I64 2; cast it first",
                () -> Neural.softmax(indices(Shape.of(2), 1, 0), 0));
        says("axis 1 does not exist in shape 2 of rank 1", () -> Neural.logSoftmax(vector(1, 2), 1));
        says("the extremum of no elements is undefined, but found shape 0", () -> Ops.max(vector()));
        says("the mean of no elements is undefined, but found shape 0", () -> Ops.mean(vector()));
        says("the mean of no elements is undefined, but found shape 0×3", () -> Ops.meanKeeping(counting(0, 3), 0));
    }

    @Test
    void shapes() {
        says(
                "cannot reshape 2×3 to [4, -1]: the elements do not divide into the sizes given",
                () -> Shapes.reshape(counting(2, 3), 4, -1));
        says(
                "concat along axis 1 needs shapes that agree elsewhere, but found 2×3 and 3×3",
                () -> Shapes.concat(1, counting(2, 3), counting(3, 3)));
        says("split sizes [1, 1] do not add up to axis 1 of shape 2×3", () -> Shapes.split(counting(2, 3), 1, 1, 1));
        says(
                "squeeze needs an axis of size 1, but axis 0 of shape 2×3 has size 2",
                () -> Shapes.squeeze(counting(2, 3), 0));
        says("axis 5 does not exist in shape 2×3 of rank 2", () -> Shapes.unsqueeze(Ops.sum(counting(2, 3), 5), 0));
        says(
                "padding cannot be negative, but found [-1] and [0]; use slice to crop",
                () -> Shapes.pad(vector(1, 2), new int[] {-1}, new int[] {0}, 0));
        says(
                "axis 0 of shape 2 cannot be padded by 2 and 0 (REFLECT): amounts lie between 0 and 1",
                () -> Shapes.pad(vector(1, 2), new int[] {2}, new int[] {0}, Shapes.Border.REFLECT));
        says(
                "a slice of shape 4 from [1] in steps of [1] leaves a tensor of shape 3",
                () -> Ops.slice(vector(1, 2, 3), 0, 1, 5));
        says("take (its indices) needs a tensor of I64, but found F64 2", () -> Shapes.take(image, 1, vector(0, 1)));
        says("index 7 lies outside an axis of size 2", () -> Shapes.take(image, 1, 7));
        says(
                "gather along axis 1 needs indices that agree with shape 2×3 elsewhere, but found 3×3",
                () -> Shapes.gather(counting(2, 3), 1, indices(Shape.of(3, 3), 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    }

    @Test
    void networks() {
        says(
                "conv2d with a 3×3 window and 1 group(s) needs an input N×C×H×W and weights O×(C/groups)×h×w, but found"
                        + " 1×2×4×4 and 5×3×3×3",
                () -> Neural.conv2d(image, counting(5, 3, 3, 3), null, WINDOW, 1));
        says(
                "conv2d with weights 5×2×3×3 needs a bias of size 5, but found 2",
                () -> Neural.conv2d(image, counting(5, 2, 3, 3), vector(1, 2), WINDOW, 1));
        says(
                "convTranspose2d needs output padding from 0 to below the stride, but found 1×0 with stride 1×1",
                () -> Neural.convTranspose2d(image, counting(2, 5, 3, 3), null, WINDOW, 1, 1, 0));
        says("maxPool needs images N×C×H×W, but found shape 2×3", () -> Neural.maxPool(counting(2, 3), WINDOW, false));
        says(
                "a window of extent 3 does not fit an input of size 1 padded to 1; use a larger image or more padding",
                () -> Neural.avgPool(counting(1, 1, 1, 1), WindowGeometry.square(3, 1, 0), false, false));
        says(
                "batchNorm of an input 1×2×4×4 needs vectors of size 2, one number per channel, but found shape 3",
                () -> Neural.batchNorm(image, vector(0, 0, 0), vector(1, 1), vector(1, 1), vector(0, 0), 1e-5));
        says(
                "groupNorm cannot divide 2 channels into 3 groups of one size",
                () -> Neural.groupNorm(image, vector(1, 1), vector(0, 0), 3, 1e-5));
        says(
                "crossEntropy needs logits N×K and N targets, but found 2×3 and 3",
                () -> Neural.crossEntropy(counting(2, 3), indices(Shape.of(3), 0, 1, 2), 0));
        says(
                "index 3 lies outside an axis of size 3",
                () -> Neural.crossEntropy(counting(1, 3), indices(Shape.of(1), 3), 0));
        says(
                "label smoothing lies between 0 and 1, but found 1.5",
                () -> Neural.crossEntropy(counting(1, 3), indices(Shape.of(1), 0), 1.5));
        says("a dropout probability lies in [0, 1), but found 1.0", () -> Neural.dropout(image, 1, 0));
        says(
                "resize to 0×2 needs images N×C×H×W and a positive size, but found shape 1×2×4×4",
                () -> Neural.resizeBilinear(image, 0, 2, Resize.Corners.HALF_PIXEL));
    }

    @Test
    void aWindowInPaddingAlone() {
        says(
                "maxPool of shape 1×2×4×4 with a 1×1 window, stride 1×1, dilation 1×1 has a window that lies in the padding"
                        + " altogether; use less padding",
                () -> Neural.maxPool(image, WindowGeometry.square(1, 1, 1), false));
    }

    private static void says(String sentence, Executable misuse) {
        assertEquals(sentence, assertThrows(ShapeException.class, misuse).getMessage());
    }
}
