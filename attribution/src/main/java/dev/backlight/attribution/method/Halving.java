package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DeviceMemoryException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A method that works on half a batch after the other where the whole does not fit into memory, and so on down to single
 * images; of methods that say what {@linkplain Attributor#fits fits}, only single images are left to compute again what there is
 * no room to keep. Attribution of an image depends on its neighbours by rounding only: the kernels that are chosen for
 * a batch may sum in another order. A trace is summed.
 */
public record Halving(Attributor method) implements Attributor {
    @Override
    public String name() {
        return method.name();
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        return question.size() <= 1
                ? method.attribute(question, progress)
                : whole(question, progress).orElseGet(() -> halves(question, progress));
    }

    private Optional<Attribution> whole(Question question, Progress progress) {
        try {
            return method.attributeIfFits(question, progress);
        } catch (DeviceMemoryException e) {
            return Optional.empty();
        }
    }

    private Attribution halves(Question question, Progress progress) {
        int half = question.size() / 2;
        try (Scope scope = Scope.open()) {
            Attribution first = attribute(part(question, 0, half), (done, total) -> progress.update(done, 2 * total));
            Attribution second = attribute(
                    part(question, half, question.size()), (done, total) -> progress.update(total + done, 2 * total));
            Tensor values = Shapes.concat(0, first.values(), second.values());
            return new Attribution(scope.keep(values), first.signed(), sum(first.trace(), second.trace()));
        }
    }

    private static Question part(Question question, int from, int to) {
        int[] targets = Arrays.copyOfRange(question.targets(), from, to);
        return new Question(question.network(), Ops.slice(question.input(), 0, from, to), targets);
    }

    /** The shorter course keeps its last value. */
    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[Math.max(a.length, b.length)];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = a[Math.min(i, a.length - 1)] + b[Math.min(i, b.length - 1)];
        }
        return sum;
    }
}
