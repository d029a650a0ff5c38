package dev.backlight.tests.onnx;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Initializer;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.HashMap;
import java.util.Map;

/** Small classifiers of the kinds that are not in the zoo, for gray images of 8×8 pixels and three classes. */
final class ModernBlocks {
    static final Shape IMAGE = Shape.of(1, 8, 8);
    private static final int CLASSES = 3;
    private static final double EPSILON = 1e-6;

    private ModernBlocks() {}

    /** A layer whose parameters are made by name. */
    abstract static class Named extends Layer {
        private final Map<String, Parameter> made = new HashMap<>();

        final void weights(String name, int... sizes) {
            made.put(name, parameter(name, Shape.of(sizes), Initializer.uniformByFan(sizes[sizes.length - 1])));
        }

        final Tensor get(Pass pass, String name) {
            Parameter parameter = made.get(name);
            if (parameter == null) {
                throw new IllegalArgumentException("there is no parameter " + name);
            }
            return pass.value(parameter);
        }

        final Tensor linear(Pass pass, Tensor x, String name) {
            return Ops.linear(x, get(pass, name + ".weight"), get(pass, name + ".bias"));
        }

        final void linear(String name, int in, int out) {
            weights(name + ".weight", out, in);
            weights(name + ".bias", out);
        }

        final void norm(String name, int width) {
            weights(name + ".weight", width);
            weights(name + ".bias", width);
        }

        final Tensor norm(Pass pass, Tensor x, String name) {
            // Scales around 1, so that the signal lives.
            Tensor scale = Ops.add(get(pass, name + ".weight"), 1);
            return Neural.layerNorm(x, scale, get(pass, name + ".bias"), EPSILON);
        }
    }

    /** A vision transformer (Dosovitskiy et al. 2021): patches of 4×4, one block of two heads, the mean of its tokens. */
    static final class Transformer extends Named {
        private static final int WIDTH = 8;
        private static final int HEADS = 2;
        private static final int TOKENS = 4;

        Transformer() {
            weights("patch.weight", WIDTH, 1, 4, 4);
            weights("patch.bias", WIDTH);
            weights("position", TOKENS, WIDTH);
            norm("norm1", WIDTH);
            linear("qkv", WIDTH, 3 * WIDTH);
            linear("proj", WIDTH, WIDTH);
            norm("norm2", WIDTH);
            linear("fc1", WIDTH, 2 * WIDTH);
            linear("fc2", 2 * WIDTH, WIDTH);
            linear("head", WIDTH, CLASSES);
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            WindowGeometry window = WindowGeometry.square(4, 4, 0);
            Tensor patches = Neural.conv2d(x, get(pass, "patch.weight"), get(pass, "patch.bias"), window, 1);
            Tensor rows = Ops.transpose(Shapes.flatten(patches, 2), 0, 2, 1);
            Tensor tokens = Ops.add(rows, get(pass, "position"));
            Tensor mixed = Ops.add(tokens, attention(norm(pass, tokens, "norm1"), pass));
            Tensor hidden = Neural.gelu(linear(pass, norm(pass, mixed, "norm2"), "fc1"), Gelu.Form.ERF);
            Tensor last = Ops.add(mixed, linear(pass, hidden, "fc2"));
            return linear(pass, Ops.mean(last, 1), "head");
        }

        private Tensor attention(Tensor x, Pass pass) {
            int count = x.shape().size(0);
            Tensor all = Ops.reshape(linear(pass, x, "qkv"), Shape.of(count, TOKENS, 3, HEADS, WIDTH / HEADS));
            Tensor apart = Ops.transpose(all, 2, 0, 3, 1, 4);
            Tensor[] parts = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                parts[i] =
                        Ops.reshape(Ops.slice(apart, 0, i, i + 1), apart.shape().without(0));
            }
            Tensor scores = Ops.mul(Ops.matmul(parts[0], Ops.transpose(parts[1], 0, 1, 3, 2)), 0.5);
            Tensor mixed = Ops.matmul(Neural.softmax(scores, -1), parts[2]);
            Tensor joined = Ops.reshape(Ops.transpose(mixed, 0, 2, 1, 3), Shape.of(count, TOKENS, WIDTH));
            return linear(pass, joined, "proj");
        }
    }

    /** A ConvNeXt block (Liu et al. 2022) on a stem of patches: depthwise 7×7, normalised channels, GELU, layer scale. */
    static final class ConvNeXt extends Named {
        private static final int WIDTH = 6;

        ConvNeXt() {
            weights("stem.weight", WIDTH, 1, 2, 2);
            weights("stem.bias", WIDTH);
            weights("dwconv.weight", WIDTH, 1, 7, 7);
            weights("dwconv.bias", WIDTH);
            norm("norm", WIDTH);
            linear("pwconv1", WIDTH, 4 * WIDTH);
            linear("pwconv2", 4 * WIDTH, WIDTH);
            weights("gamma", WIDTH);
            linear("head", WIDTH, CLASSES);
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            Tensor stem = Neural.conv2d(
                    x, get(pass, "stem.weight"), get(pass, "stem.bias"), WindowGeometry.square(2, 2, 0), 1);
            Tensor deep = Neural.conv2d(
                    stem, get(pass, "dwconv.weight"), get(pass, "dwconv.bias"), WindowGeometry.square(7, 1, 3), WIDTH);
            Tensor last = norm(pass, Ops.transpose(deep, 0, 2, 3, 1), "norm");
            Tensor hidden = Neural.gelu(linear(pass, last, "pwconv1"), Gelu.Form.ERF);
            Tensor scaled = Ops.mul(linear(pass, hidden, "pwconv2"), get(pass, "gamma"));
            Tensor block = Ops.add(stem, Ops.transpose(scaled, 0, 3, 1, 2));
            return linear(pass, Ops.mean(block, 2, 3), "head");
        }
    }
}
