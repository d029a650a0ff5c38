package dev.backlight.engine.autodiff;

import java.util.List;

/**
 * One fact on a tape: an op was applied to these inputs, gave this output, and stood at this path in the network (such as
 * {@code layer1.0.conv2}; empty outside networks).
 */
public final class Application {
    private final Op op;
    private final List<Tensor> inputs;
    private final Tensor output;
    private final String path;
    private final int index;

    Application(Op op, List<Tensor> inputs, Tensor result, Tape tape, String path, int index) {
        this.op = op;
        this.inputs = inputs;
        this.output = result.on(tape, this);
        this.path = path;
        this.index = index;
    }

    /** The same fact about tensors that are recorded nowhere. */
    private Application(Application recorded) {
        this.op = recorded.op;
        this.inputs = Tensor.detached(recorded.inputs);
        this.output = recorded.output.detached();
        this.path = recorded.path;
        this.index = recorded.index;
    }

    public Op op() {
        return op;
    }

    public List<Tensor> inputs() {
        return inputs;
    }

    public Tensor input(int i) {
        return inputs.get(i);
    }

    public Tensor output() {
        return output;
    }

    /** The name path of the layer that applied the op. */
    public String path() {
        return path;
    }

    /** The position on the tape, counted from 0. */
    public int index() {
        return index;
    }

    Application detached() {
        return new Application(this);
    }

    @Override
    public String toString() {
        return op.name() + (path.isEmpty() ? "" : " at " + path);
    }
}
