package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attributes;
import java.util.Arrays;
import java.util.Optional;

/** Numbers that stand in the graph or follow from a few settings. */
final class Constants {
    private Constants() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Constant", at -> at.upload(stated(at)))
                .since(9, "ConstantOfShape", Constants::ofShape, 0)
                .since(11, "Range", Constants::range, 0, 1, 2);
    }

    private static NamedArray stated(Invocation at) {
        Attributes attributes = at.attributes();
        Optional<NamedArray> array = attributes.array("value");
        if (array.isPresent()) {
            return array.get();
        }
        String name = at.node().name();
        if (attributes.has("value_float")) {
            return NamedArray.of(name, Shape.scalar(), (float) attributes.real("value_float", 0));
        }
        if (attributes.has("value_int")) {
            return NamedArray.of(name, Shape.scalar(), attributes.whole("value_int", 0));
        }
        Optional<long[]> wholes = attributes
                .wholes("value_ints")
                .map(list -> list.stream().mapToLong(Long::longValue).toArray());
        if (wholes.isPresent()) {
            return NamedArray.of(name, Shape.of(wholes.get().length), wholes.get());
        }
        return attributes
                .reals("value_floats")
                .map(list -> {
                    float[] values = new float[list.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = list.get(i).floatValue();
                    }
                    return NamedArray.of(name, Shape.of(values.length), values);
                })
                .orElseThrow(() -> at.unsupported("a constant must be a tensor or numbers"));
    }

    private static Tensor ofShape(Invocation at) {
        int[] sizes =
                Arrays.stream(at.constant(0).longs()).mapToInt(Math::toIntExact).toArray();
        NamedArray value = at.attributes()
                .array("value")
                .orElseGet(() -> NamedArray.of(at.node().name(), Shape.of(1), 0f));
        Limits.elements(Shape.of(sizes).elements());
        return Tensor.full(at.backend(), at.computed(value.dtype()), Shape.of(sizes), value.doubleAt(0));
    }

    private static Tensor range(Invocation at) {
        NamedArray start = at.constant(0);
        double from = start.doubleAt(0);
        double step = at.scalar(2, 1);
        int count = Limits.elements((long) Math.max(0, Math.ceil((at.scalar(1, 0) - from) / step)));
        double[] values = new double[count];
        Arrays.setAll(values, i -> from + i * step);
        NamedArray range = NamedArray.of(at.node().name(), Shape.of(count), values);
        return Ops.cast(at.upload(range), at.computed(start.dtype()));
    }
}
