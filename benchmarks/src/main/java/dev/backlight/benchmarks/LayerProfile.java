package dev.backlight.benchmarks;

import dev.backlight.engine.autodiff.NamePath;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.ArrayList;
import java.util.List;

/** A profile of programs that execute the same primitives in every run: each by its place, with what it must do at least. */
public final class LayerProfile extends ProfilingBackend {
    /**
     * One primitive of the program.
     *
     * @param path of the layer that asked for it, empty in replayed programs
     * @param work what it is
     * @param milliseconds of each run
     */
    public record Layer(String path, PrimitiveWork work, List<Double> milliseconds) {}

    private final List<Layer> layers = new ArrayList<>();
    private int next;

    public LayerProfile(Backend inner) {
        super(inner);
    }

    @Override
    public void reset() {
        super.reset();
        layers.clear();
        next = 0;
    }

    /** Says that a run has ended. */
    public void nextRun() {
        next = 0;
    }

    /** All primitives, in the order of execution. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    @Override
    protected void account(Primitive primitive, List<DeviceArray> inputs, DeviceArray output, long nanoseconds) {
        super.account(primitive, inputs, output, nanoseconds);
        if (next == layers.size()) {
            layers.add(new Layer(NamePath.current(), PrimitiveWork.of(primitive, inputs, output), new ArrayList<>()));
        }
        layers.get(next++).milliseconds().add(nanoseconds / 1e6);
    }
}
