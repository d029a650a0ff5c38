package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import java.util.SequencedMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/** {@code cblas_sgemm}, on memory outside the heap. */
public final class OpenBlas implements Contestant {
    @Override
    public String name() {
        return "openblas";
    }

    @Override
    public String version() {
        return Versions.of(name());
    }

    @Override
    public boolean canDo(Job job) {
        return job.workload() == Workload.MATRIX_PRODUCT;
    }

    @Override
    public Entry enter(Job job) {
        openblas.blas_set_num_threads(job.threads());
        FloatPointer a = new FloatPointer(Subject.matrix(job, 1));
        FloatPointer b = new FloatPointer(Subject.matrix(job, 2));
        FloatPointer c = new FloatPointer((long) job.matrixSide() * job.matrixSide());
        return new Product(job.matrixSide(), a, b, c);
    }

    private record Product(int n, FloatPointer a, FloatPointer b, FloatPointer c) implements Entry {
        @Override
        public void run() {
            openblas.cblas_sgemm(
                    openblas.CblasRowMajor,
                    openblas.CblasNoTrans,
                    openblas.CblasNoTrans,
                    n,
                    n,
                    n,
                    1,
                    a,
                    n,
                    b,
                    n,
                    0,
                    c,
                    n);
        }

        @Override
        public SequencedMap<String, float[]> results() {
            run();
            float[] values = new float[n * n];
            c.get(values);
            return Results.of("product", values);
        }

        @Override
        public void close() {
            a.close();
            b.close();
            c.close();
        }
    }
}
