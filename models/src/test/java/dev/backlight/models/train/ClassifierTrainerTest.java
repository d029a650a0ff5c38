package dev.backlight.models.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.data.Augmentation;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.Picture;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.vision.CifarResNet;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTrainerTest {
    private static final Backend BACKEND = Backends.named("reference", 1);
    private static final ClassNames STRIPES = ClassNames.of(List.of("horizontal", "vertical"));

    @TempDir
    private Path folder;

    /** Noisy stripes, whose direction is the class. */
    private record Stripes(int size, long seed) implements ImageDataset {
        @Override
        public ClassNames classes() {
            return STRIPES;
        }

        @Override
        public Picture picture(int index) {
            SplittableRandom random = new SplittableRandom(seed + index);
            byte[] grey = new byte[64];
            for (int i = 0; i < grey.length; i++) {
                int along = label(index) == 0 ? i / 8 : i % 8;
                grey[i] = (byte) (along % 4 * 60 + random.nextInt(40));
            }
            return Picture.grey(8, 8, grey);
        }

        @Override
        public int label(int index) {
            return index % 2;
        }

        @Override
        public String name(int index) {
            return "stripes-" + index;
        }
    }

    private static Classifier tiny() {
        Preprocessing preprocessing =
                new Preprocessing(0, 8, Preprocessing.Channels.GREY, 1 / 255.0, List.of(0.4), List.of(0.25));
        return new Classifier("resnet8x2", new CifarResNet(8, 2, 1, 2), STRIPES, preprocessing);
    }

    private static TrainingPlan plan(TrainingPlan.Method method, double rate) {
        return new TrainingPlan(
                3, 8, method, rate, 1e-4, TrainingPlan.Course.ONE_CYCLE, 0.1, 1, new Augmentation(1, true, 0, 0), 7);
    }

    private static ClassifierTrainer trainer(Path folder, TrainingPlan plan) {
        return trainer(folder, plan, BACKEND);
    }

    private static ClassifierTrainer trainer(Path folder, TrainingPlan plan, Backend backend) {
        return new ClassifierTrainer(tiny(), plan, new Stripes(68, 1), new Stripes(20, 9000), backend, folder);
    }

    private static byte[] model(Path folder) throws IOException {
        return Files.readAllBytes(folder.resolve(ClassifierTrainer.CHECKPOINT));
    }

    @Test
    void learnsWhatCanBeLearnt() {
        TrainingResult result =
                trainer(folder, plan(TrainingPlan.Method.SGD, 0.2)).run(TrainingListener.NONE);
        assertTrue(result.finished());
        assertEquals(3, result.epochs().size());
        EpochReport last = result.epochs().getLast();
        assertTrue(last.testAccuracy() >= 0.9, last::toString);
        assertTrue(last.trainingLoss() < result.epochs().getFirst().trainingLoss(), result::toString);
    }

    /** Stopped within an epoch, at the end of one, and in the next: the tensors are the same to the bit. */
    @Test
    void anInterruptedRunEndsWithTheSameBits() throws IOException {
        TrainingPlan plan = plan(TrainingPlan.Method.ADAMW, 0.01);
        trainer(folder.resolve("whole"), plan).run(TrainingListener.NONE);
        Path pieces = folder.resolve("pieces");
        for (int stop : new int[] {3, 8, 13}) {
            ClassifierTrainer trainer = trainer(pieces, plan);
            TrainingResult result = trainer.run(stoppingAt(stop, trainer));
            assertFalse(result.finished());
            assertEquals(stop / 8, result.epochs().size());
        }
        assertTrue(trainer(pieces, plan).run(TrainingListener.NONE).finished());
        assertSameBits(folder.resolve("whole"), pieces);
    }

    private static void assertSameBits(Path whole, Path resumed) {
        var expected = Safetensors.read(whole.resolve(ClassifierTrainer.CHECKPOINT));
        var found = Safetensors.read(resumed.resolve(ClassifierTrainer.CHECKPOINT));
        assertEquals(expected.tensors().names(), found.tensors().names());
        for (String name : expected.tensors().names()) {
            assertArrayEquals(
                    expected.tensors().get(name).floats(),
                    found.tensors().get(name).floats(),
                    name);
        }
    }

    /** Where nothing can be saved any more, the run goes on from what was saved on the way, and ends with the same bits. */
    @Test
    void aRunThatBreaksOffLosesOnlyWhatCameAfterTheLastSaving() {
        TrainingPlan plan = plan(TrainingPlan.Method.ADAMW, 0.01);
        TrainingResult expected = trainer(folder.resolve("whole"), plan).run(TrainingListener.NONE);
        Path pieces = folder.resolve("pieces");
        List<Long> resumedAt = new ArrayList<>();
        for (int last : new int[] {3, 8, 13}) { // of 8 steps per epoch
            ClassifierTrainer trainer = trainer(pieces, plan).savingEvery(Duration.ZERO);
            assertThrows(PowerCut.class, () -> trainer.run(breakingOffAt(last, resumedAt)));
        }
        TrainingResult found = trainer(pieces, plan).run(breakingOffAt(-1, resumedAt));
        assertEquals(List.of(3L, 7L, 13L), resumedAt); // an epoch's last step is saved with its report
        assertSameBits(folder.resolve("whole"), pieces);
        assertEquals(scores(expected), scores(found));
    }

    private static List<List<Double>> scores(TrainingResult result) {
        return result.epochs().stream()
                .map(epoch ->
                        List.of(epoch.trainingLoss(), epoch.trainingAccuracy(), epoch.testLoss(), epoch.testAccuracy()))
                .toList();
    }

    private static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static TrainingListener breakingOffAt(int last, List<Long> resumedAt) {
        return new TrainingListener() {
            @Override
            public void resumed(long step, long steps) {
                resumedAt.add(step);
            }

            @Override
            public void stepDone(int epoch, long step, long steps, double loss) {
                if (step == last) {
                    throw new PowerCut();
                }
            }
        };
    }

    private static TrainingListener stoppingAt(int stop, ClassifierTrainer trainer) {
        return new TrainingListener() {
            @Override
            public void stepDone(int epoch, long step, long steps, double loss) {
                if (step == stop) {
                    trainer.stop();
                }
            }
        };
    }

    @Test
    void aFinishedTrainingIsLeftAsItIs() throws IOException {
        TrainingPlan plan = plan(TrainingPlan.Method.SGD, 0.05);
        trainer(folder, plan).run(TrainingListener.NONE);
        byte[] before = model(folder);
        assertTrue(trainer(folder, plan).run(TrainingListener.NONE).finished());
        assertArrayEquals(before, model(folder));
    }

    /** Between steps nothing lives but parameters and their momentum. */
    @Test
    void stepsLeaveNothingBehind() {
        Backend own = Backends.named("reference", 1);
        List<Long> live = new ArrayList<>();
        ClassifierTrainer trainer = trainer(folder, plan(TrainingPlan.Method.SGD, 0.05), own);
        trainer.run(new TrainingListener() {
            @Override
            public void stepDone(int epoch, long step, long steps, double loss) {
                live.add(own.pool().statistics().liveBytes());
            }
        });
        assertEquals(24, live.size());
        assertEquals(1, Set.copyOf(live).size(), live::toString);
    }

    @Test
    void anotherPlanIsRefused() {
        trainer(folder, plan(TrainingPlan.Method.SGD, 0.05)).run(TrainingListener.NONE);
        ClassifierTrainer other = trainer(folder, plan(TrainingPlan.Method.SGD, 0.06));
        ModelFormatException refusal = assertThrows(ModelFormatException.class, () -> other.run(TrainingListener.NONE));
        assertTrue(String.valueOf(refusal.getMessage()).contains("another training"), refusal::toString);
    }

    @Test
    void aFolderThatCannotBeWrittenIsFoundOutBeforeTheFirstStep() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        ClassifierTrainer trainer = trainer(file.resolve("run"), plan(TrainingPlan.Method.SGD, 0.05));
        TrainingListener none = new TrainingListener() {
            @Override
            public void stepDone(int epoch, long step, long steps, double loss) {
                throw new AssertionError("a step was taken");
            }
        };
        assertThrows(BacklightException.class, () -> trainer.run(none));
    }
}
