package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The optimiser steps, in place and in one pass over memory. */
final class Optimisers {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private final Parallel parallel;

    Optimisers(Parallel parallel) {
        this.parallel = parallel;
    }

    /** Kingma and Ba 2015, with the decoupled weight decay of Loshchilov and Hutter 2019. */
    void adam(Primitive.AdamStep step, List<DeviceArray> in, DeviceArray parameter) {
        Span p = Span.of(parameter), g = Span.of(in.get(0)), m = Span.of(in.get(1)), v = Span.of(in.get(2));
        float keep1 = (float) step.beta1(), new1 = (float) (1 - step.beta1());
        float keep2 = (float) step.beta2(), new2 = (float) (1 - step.beta2());
        float rate = (float) (step.learningRate() / (1 - Math.pow(step.beta1(), (double) step.step())));
        float correction = (float) (1 / (1 - Math.pow(step.beta2(), (double) step.step())));
        float decay = (float) (1 - step.learningRate() * step.weightDecay());
        float epsilon = (float) step.epsilon();
        Chunks.forEach(parallel, (int) parameter.shape().elements(), (from, to) -> {
            for (int i = from; i < to; i += L) {
                VectorMask<Float> mask = S.indexInRange(i, to);
                FloatVector gradient = load(g, i, mask);
                FloatVector first = load(m, i, mask).mul(keep1).add(gradient.mul(new1));
                FloatVector second =
                        load(v, i, mask).mul(keep2).add(gradient.mul(gradient).mul(new2));
                FloatVector size = second.mul(correction).sqrt().add(epsilon);
                first.intoArray(m.data(), m.at() + i, mask);
                second.intoArray(v.data(), v.at() + i, mask);
                FloatVector moved =
                        load(p, i, mask).mul(decay).sub(first.mul(rate).div(size));
                moved.intoArray(p.data(), p.at() + i, mask);
            }
        });
    }

    void sgd(Primitive.SgdStep step, List<DeviceArray> in, DeviceArray parameter) {
        Span p = Span.of(parameter), g = Span.of(in.get(0)), v = Span.of(in.get(1));
        float rate = (float) step.learningRate();
        float momentum = (float) step.momentum();
        float decay = (float) step.weightDecay();
        Chunks.forEach(parallel, (int) parameter.shape().elements(), (from, to) -> {
            for (int i = from; i < to; i += L) {
                VectorMask<Float> mask = S.indexInRange(i, to);
                FloatVector before = load(p, i, mask);
                FloatVector gradient = load(g, i, mask).add(before.mul(decay));
                FloatVector velocity = load(v, i, mask).mul(momentum).add(gradient);
                FloatVector direction = step.nesterov() ? gradient.add(velocity.mul(momentum)) : velocity;
                velocity.intoArray(v.data(), v.at() + i, mask);
                before.sub(direction.mul(rate)).intoArray(p.data(), p.at() + i, mask);
            }
        });
    }

    private static FloatVector load(Span span, int i, VectorMask<Float> mask) {
        return FloatVector.fromArray(S, span.data(), span.at() + i, mask);
    }
}
