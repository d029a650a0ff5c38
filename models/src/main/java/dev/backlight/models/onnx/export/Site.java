package dev.backlight.models.onnx.export;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.proto.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** An application that is being written: its inputs by their names in the graph, and the nodes that take its place. */
final class Site {
    private final GraphBuilder builder;
    private final Application application;

    Site(GraphBuilder builder, Application application) {
        this.builder = builder;
        this.application = application;
    }

    Op op() {
        return application.op();
    }

    Shape shape(int input) {
        return application.input(input).shape();
    }

    Shape shape() {
        return application.output().shape();
    }

    String input(int i) {
        return builder.value(application.input(i));
    }

    /** The names of all inputs. */
    String[] inputs() {
        return application.inputs().stream().map(builder::value).toArray(String[]::new);
    }

    /** Ends the application in one node of its inputs. */
    void emit(String opType, Map<String, Attribute> attributes) {
        end(opType, attributes, inputs());
    }

    /** Ends the application: the node makes its output. */
    void end(String opType, Map<String, Attribute> attributes, String... inputs) {
        String output = builder.value(application.output());
        builder.add(GraphBuilder.label(application), opType, List.of(inputs), output, attributes);
    }

    /** A node on the way, whose value it returns. */
    String via(String opType, Map<String, Attribute> attributes, String... inputs) {
        String name = GraphBuilder.label(application) + "." + opType.toLowerCase(Locale.ROOT);
        String output = builder.unique(name + ".out");
        builder.add(name, opType, List.of(inputs), output, attributes);
        return output;
    }

    /** A number in the type of the first input. */
    String number(double value) {
        return numbers(Shape.scalar(), value);
    }

    /** Numbers in the type of the first input. */
    String numbers(Shape shape, double... values) {
        NamedArray wide = NamedArray.of("constant", shape, values);
        return builder.constant(
                switch (application.input(0).dtype()) {
                    case F32 -> NamedArray.of("constant", shape, wide.floats());
                    case F64 -> wide;
                    case I64 ->
                        NamedArray.of(
                                "constant",
                                shape,
                                Arrays.stream(values)
                                        .mapToLong(value -> (long) value)
                                        .toArray());
                });
    }

    /** Whole numbers that an operator reads as a setting. */
    String wholes(String what, int... values) {
        return wholes(what, Arrays.stream(values).asLongStream().toArray());
    }

    String wholes(String what, long... values) {
        return builder.constant(NamedArray.of(what, Shape.of(values.length), values));
    }

    /** Truth values from numbers. */
    String truth(String value) {
        return via("Cast", Map.of("to", whole(TensorProto.DataType.BOOL_VALUE)), value);
    }

    /** ONNX's number of an element type. */
    static Attribute type(DType dtype) {
        return whole(
                switch (dtype) {
                    case F32 -> TensorProto.DataType.FLOAT_VALUE;
                    case F64 -> TensorProto.DataType.DOUBLE_VALUE;
                    case I64 -> TensorProto.DataType.INT64_VALUE;
                });
    }

    Attribute outputType() {
        return type(application.output().dtype());
    }

    /** The axes that are smaller in the output than in the first input, which is of its rank. */
    int[] reducedAxes(Shape kept) {
        Shape from = shape(0);
        return IntStream.range(0, from.rank())
                .filter(axis -> kept.size(axis) != from.size(axis))
                .toArray();
    }

    /** @param reason what ONNX lacks */
    UnsupportedOpException unsupported(String reason) {
        String where = application.path().isEmpty() ? "" : " at " + application.path();
        return new UnsupportedOpException("the op " + op().name() + where + " cannot be written as ONNX: " + reason);
    }

    static Attribute whole(long value) {
        return new Attribute.Whole(value);
    }

    static Attribute real(double value) {
        return new Attribute.Real(value);
    }

    static Attribute list(int... values) {
        return new Attribute.Wholes(Arrays.stream(values).asLongStream().boxed().toList());
    }
}
