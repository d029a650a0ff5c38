package dev.backlight.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.export.OnnxExport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;

/** ONNX Runtime with its default optimisations. It infers only. */
public final class OnnxRuntime implements Contestant {
    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public String version() {
        return Versions.of(name());
    }

    @Override
    public boolean canDo(Job job) {
        return job.workload() == Workload.FORWARD;
    }

    @Override
    public Entry enter(Job job) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Path file = null;
        try (Scope scope = Scope.open();
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            file = Files.createTempFile("backlight-benchmark", ".onnx");
            Layer network = Subject.network(Backends.best(job.threads()), job);
            OnnxExport.write(network, Shape.of(3, job.side(), job.side()), file);
            options.setIntraOpNumThreads(job.threads());
            options.setInterOpNumThreads(1);
            OrtSession session = environment.createSession(file.toString(), options);
            float[] images = Subject.images(Backends.best(job.threads()), job).toFloats();
            FloatBuffer direct = ByteBuffer.allocateDirect(4 * images.length)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer()
                    .put(images)
                    .flip();
            long[] shape = {job.batch(), 3, job.side(), job.side()};
            return new Session(session, OnnxTensor.createTensor(environment, direct, shape));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses " + job + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(file);
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Session(OrtSession session, OnnxTensor images) implements Entry {
        @Override
        public void run() {
            try (OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, images))) {
                result.size();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            try (OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, images))) {
                FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] values = new float[logits.remaining()];
                logits.get(values);
                return Results.of("logits", values);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                images.close();
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
