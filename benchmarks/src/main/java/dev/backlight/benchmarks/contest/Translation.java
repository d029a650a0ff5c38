package dev.backlight.benchmarks.contest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A network in a peer's terms: the stages of a {@link Trace}, each value released after its last use. */
@SuppressWarnings("ReferenceEquality") // a stage may hand back the very tensor it was given
public final class Translation<T> {
    private record Placed<T>(Dialect.Stage<T> stage, int[] inputs, int[] lastUseOf) {}

    private final Dialect<T> dialect;
    private final List<Placed<T>> stages = new ArrayList<>();

    /** Prepares all stages, in order. */
    public Translation(Trace trace, Dialect<T> dialect) {
        this.dialect = dialect;
        List<Trace.Place> places = trace.places();
        int[] lastReader = new int[places.size() + 1];
        for (int i = 0; i < places.size(); i++) {
            for (int input : places.get(i).inputs()) {
                lastReader[input] = i;
            }
        }
        for (int i = 0; i < places.size(); i++) {
            int at = i;
            int[] inputs = places.get(i).inputs();
            int[] last = Arrays.stream(inputs)
                    .filter(input -> lastReader[input] == at)
                    .distinct()
                    .toArray();
            stages.add(new Placed<>(dialect.stage(places.get(i).step()), inputs, last));
        }
    }

    /** Runs the network; the input stays the caller's, the output becomes it. */
    public T run(T input) {
        List<T> values = new ArrayList<>();
        values.add(input);
        for (Placed<T> placed : stages) {
            List<T> operands = new ArrayList<>();
            for (int i : placed.inputs) {
                operands.add(values.get(i));
            }
            int first = placed.inputs[0];
            boolean reusable = first != 0 && contains(placed.lastUseOf, first);
            T result = placed.stage.apply(operands, reusable);
            values.add(result);
            for (int i : placed.lastUseOf) {
                if (i != 0 && values.get(i) != result) {
                    dialect.release(values.get(i));
                }
            }
        }
        return values.getLast();
    }

    private static boolean contains(int[] values, int sought) {
        for (int value : values) {
            if (value == sought) {
                return true;
            }
        }
        return false;
    }
}
