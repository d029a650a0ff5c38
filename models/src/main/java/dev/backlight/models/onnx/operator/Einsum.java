package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Einstein's summation as NumPy writes it, such as {@code bij,bjk->bik}: one operand after the other is brought into a
 * stack of matrices and multiplied. Axes under an ellipsis broadcast.
 */
final class Einsum {
    private static final String ELLIPSIS = "...";

    private Einsum() {}

    /** A tensor and the label of each of its axes. */
    private record Labelled(Tensor tensor, List<String> labels) {
        int size(String label) {
            return tensor.shape().size(labels.indexOf(label));
        }
    }

    /** @throws ShapeException where the equation and the operands do not fit */
    static Tensor of(String equation, Tensor... operands) {
        String[] sides = equation.replace(" ", "").split("->", -1);
        String[] terms = sides[0].split(",", -1);
        if (sides.length > 2 || terms.length != operands.length) {
            throw new ShapeException("the equation " + equation + " does not fit " + operands.length + " operands");
        }
        List<Labelled> inputs = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            List<String> labels = labels(terms[i], operands[i].shape().rank(), equation);
            inputs.add(diagonals(new Labelled(operands[i], labels)));
        }
        List<String> output = sides.length == 2 ? stated(sides[1], inputs, equation) : implied(inputs);
        Labelled result = inputs.getFirst();
        for (int i = 1; i < inputs.size(); i++) {
            Set<String> wanted = new HashSet<>(output);
            inputs.subList(i + 1, inputs.size()).forEach(later -> wanted.addAll(later.labels()));
            result = product(summed(result, union(wanted, inputs.get(i).labels())), inputs.get(i), wanted, equation);
        }
        result = summed(result, new HashSet<>(output));
        return ordered(result, output);
    }

    /** One label per axis; axes under the ellipsis are numbered from the last. */
    private static List<String> labels(String term, int rank, String equation) {
        int letters = term.replace(ELLIPSIS, "").length();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < term.length(); i++) {
            if (term.startsWith(ELLIPSIS, i)) {
                for (int axis = rank - letters; axis > 0; axis--) {
                    labels.add("." + axis);
                }
                i += ELLIPSIS.length() - 1;
            } else {
                labels.add(term.substring(i, i + 1));
            }
        }
        if (labels.size() != rank) {
            throw new ShapeException(
                    "the term " + term + " of the equation " + equation + " does not fit a tensor of rank " + rank);
        }
        return labels;
    }

    private static List<String> stated(String term, List<Labelled> inputs, String equation) {
        int hidden = (int) inputs.stream()
                .flatMap(input -> input.labels().stream())
                .filter(label -> label.startsWith("."))
                .distinct()
                .count();
        int rank = term.replace(ELLIPSIS, "").length() + (term.contains(ELLIPSIS) ? hidden : 0);
        return labels(term, rank, equation);
    }

    /** Without an arrow: the ellipsis, then the letters that occur once, in the order of the alphabet. */
    private static List<String> implied(List<Labelled> inputs) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        inputs.forEach(input -> input.labels().forEach(label -> counts.merge(label, 1, Integer::sum)));
        Stream<String> hidden = counts.descendingKeySet().stream().filter(label -> label.startsWith("."));
        Stream<String> once =
                counts.keySet().stream().filter(label -> !label.startsWith(".") && counts.getOrDefault(label, 0) == 1);
        return Stream.concat(hidden, once).toList();
    }

    /** A label that occurs twice in one term stands for the diagonal of its axes. */
    private static Labelled diagonals(Labelled x) {
        for (int second = 1; second < x.labels().size(); second++) {
            String label = x.labels().get(second);
            int first = x.labels().indexOf(label);
            if (first < second) {
                return diagonals(diagonal(x, first, second));
            }
        }
        return x;
    }

    private static Labelled diagonal(Labelled x, int first, int second) {
        int size = x.tensor().shape().size(first);
        List<String> labels = new ArrayList<>(x.labels());
        String label = labels.remove(second);
        labels.remove(first);
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < x.labels().size(); axis++) {
            if (axis != first && axis != second) {
                order.add(axis);
            }
        }
        order.add(first);
        order.add(second);
        Tensor last = transpose(x.tensor(), order);
        Shape lead = last.shape().without(-1).without(-1);
        Tensor flat = Ops.reshape(
                last, lead.insert(lead.rank(), size * x.tensor().shape().size(second)));
        int[] places = new int[size];
        Arrays.setAll(places, i -> i * (size + 1));
        labels.add(label);
        return new Labelled(Indexing.take(flat, lead.rank(), places), labels);
    }

    /** Summed over the axes that nobody wants any more. */
    private static Labelled summed(Labelled x, Set<String> wanted) {
        int[] axes = IntStream.range(0, x.labels().size())
                .filter(axis -> !wanted.contains(x.labels().get(axis)))
                .toArray();
        if (axes.length == 0) {
            return x;
        }
        return new Labelled(
                Ops.sum(x.tensor(), axes),
                x.labels().stream().filter(wanted::contains).toList());
    }

    private static Labelled product(Labelled a, Labelled other, Set<String> wanted, String equation) {
        Labelled b = summed(other, union(wanted, a.labels()));
        List<String> shared = a.labels().stream().filter(b.labels()::contains).toList();
        List<String> stack = shared.stream().filter(wanted::contains).toList();
        List<String> inner =
                shared.stream().filter(label -> !wanted.contains(label)).toList();
        for (String label : shared) {
            boolean fits = a.size(label) == b.size(label)
                    || (label.startsWith(".") && (a.size(label) == 1 || b.size(label) == 1) && !inner.contains(label));
            if (!fits) {
                throw new ShapeException("the axis " + label + " of the equation " + equation + " has size "
                        + a.size(label) + " in one operand and " + b.size(label) + " in another");
            }
        }
        List<String> rows =
                a.labels().stream().filter(label -> !shared.contains(label)).toList();
        List<String> columns =
                b.labels().stream().filter(label -> !shared.contains(label)).toList();
        Tensor product = Ops.matmul(matrices(a, stack, rows, inner), matrices(b, stack, inner, columns));
        List<String> labels =
                Stream.of(stack, rows, columns).flatMap(List::stream).toList();
        int[] sizes = labels.stream()
                .mapToInt(label -> rows.contains(label)
                        ? a.size(label)
                        : columns.contains(label) ? b.size(label) : Math.max(a.size(label), b.size(label)))
                .toArray();
        return new Labelled(Ops.reshape(product, Shape.of(sizes)), labels);
    }

    private static Tensor matrices(Labelled x, List<String> stack, List<String> rows, List<String> columns) {
        Tensor ordered =
                ordered(x, Stream.of(stack, rows, columns).flatMap(List::stream).toList());
        int[] sizes = new int[stack.size() + 2];
        Arrays.setAll(
                sizes, i -> i < stack.size() ? x.size(stack.get(i)) : total(x, i == stack.size() ? rows : columns));
        return Ops.reshape(ordered, Shape.of(sizes));
    }

    private static int total(Labelled x, List<String> labels) {
        return labels.stream().mapToInt(x::size).reduce(1, Math::multiplyExact);
    }

    private static Tensor ordered(Labelled x, List<String> labels) {
        if (labels.size() != x.labels().size() || !x.labels().containsAll(labels)) {
            throw new ShapeException("the axes " + labels + " cannot be made from " + x.labels());
        }
        return transpose(x.tensor(), labels.stream().map(x.labels()::indexOf).toList());
    }

    private static Tensor transpose(Tensor x, List<Integer> order) {
        int[] axes = order.stream().mapToInt(Integer::intValue).toArray();
        boolean isSame = true;
        for (int axis = 0; axis < axes.length; axis++) {
            isSame &= axes[axis] == axis;
        }
        return isSame ? x : Ops.transpose(x, axes);
    }

    private static Set<String> union(Set<String> some, List<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }
}
