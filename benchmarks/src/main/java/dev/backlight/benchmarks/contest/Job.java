package dev.backlight.benchmarks.contest;

/**
 * One cell of the tables.
 *
 * @param subject a network of the zoo, or the side of the matrices
 * @param batch images at once
 * @param side of the square images, in pixels
 * @param threads that the work may use
 */
public record Job(Workload workload, String subject, int batch, int side, int threads) {
    /** Classes of every network compared. */
    public static final int CLASSES = 1000;

    /** The class asked about, for each image of the batch. */
    public int[] targets() {
        int[] targets = new int[batch];
        for (int i = 0; i < batch; i++) {
            targets[i] = (7 + 131 * i) % CLASSES;
        }
        return targets;
    }

    /** Rows and columns of the matrices to be multiplied. */
    public int matrixSide() {
        return Integer.parseInt(subject);
    }

    /** The job as one word, which {@link #parse} reads. */
    public String key() {
        return String.join(
                ":",
                workload.label(),
                subject,
                Integer.toString(batch),
                Integer.toString(side),
                Integer.toString(threads));
    }

    /**
     * The job with that key.
     *
     * @throws IllegalArgumentException when it is no key
     */
    public static Job parse(String key) {
        String[] parts = key.split(":", -1);
        if (parts.length != 5) {
            throw new IllegalArgumentException("a job is WORKLOAD:SUBJECT:BATCH:SIDE:THREADS, but found " + key);
        }
        return new Job(
                Workload.labelled(parts[0]),
                parts[1],
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]));
    }

    @Override
    public String toString() {
        return workload == Workload.MATRIX_PRODUCT
                ? "SGEMM " + subject
                : workload.label() + " " + subject + " batch " + batch + (side == 224 ? "" : " side " + side);
    }
}
