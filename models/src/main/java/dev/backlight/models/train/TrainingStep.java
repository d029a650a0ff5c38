package dev.backlight.models.train;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.optim.Clipping;
import dev.backlight.engine.optim.Optimizer;
import java.util.List;

/** One step of training: forward, loss, backward, update; everything made on the way is given back. */
record TrainingStep(Layer network, Optimizer optimizer, TrainingPlan plan, Backend backend) {
    /** The loss, and how many pictures were classified rightly. */
    record Outcome(double loss, int correct) {}

    Outcome take(Batch batch, long step, double learningRate) {
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            Pass pass = Pass.training(tape, Philox.split(plan.seed(), step));
            Tensor logits = network.apply(batch.images(backend), pass);
            Tensor loss = Neural.crossEntropy(logits, batch.labels(backend), plan.labelSmoothing());
            List<Parameter> parameters = List.copyOf(optimizer.parameters().values());
            List<Tensor> gradients = tape.gradient(loss, pass.leaves(parameters), Walk.PLAIN);
            double limit = plan.clipNorm();
            optimizer.step(limit > 0 ? Clipping.byNorm(gradients, limit) : gradients, learningRate);
            return new Outcome(loss.item(), batch.correct(logits.toFloats()));
        }
    }
}
