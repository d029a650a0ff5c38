package dev.backlight.benchmarks.compare;

/**
 * What one contestant did in a process of its own.
 *
 * @param milliseconds the median of its runs, or −1 where it failed
 * @param readyMebibytes resident memory when everything was prepared
 * @param peakMebibytes the most that was resident from then on
 * @param failure what it said, or empty
 */
public record Alone(
        String job,
        String contestant,
        String measured,
        double milliseconds,
        double readyMebibytes,
        double peakMebibytes,
        String failure) {
    boolean isSameAs(Alone other) {
        return job.equals(other.job) && contestant.equals(other.contestant);
    }
}
