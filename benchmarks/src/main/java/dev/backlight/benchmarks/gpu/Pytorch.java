package dev.backlight.benchmarks.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code benchmarks/gpu_torch.py} measured: lines of workload, network, batch, precision, milliseconds, bytes. */
final class Pytorch {
    private static final int FIELDS = 6;

    private final Map<String, NetworkTime> times = new HashMap<>();
    private final String version;

    private Pytorch(String version) {
        this.version = version;
    }

    /** The measurements in that file, without lines that were cut short; none where there is no file. */
    static Pytorch read(@Nullable Path file) throws IOException {
        if (file == null || !Files.exists(file)) {
            return new Pytorch("");
        }
        String text = Files.readString(file);
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        Pytorch read = new Pytorch(lines.isEmpty() ? "" : lines.getFirst());
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] parts = line.split(",", -1);
            if (parts.length < FIELDS) {
                continue;
            }
            NetworkTime time = parts[4].isEmpty()
                    ? NetworkTime.TOO_LARGE
                    : new NetworkTime(Double.parseDouble(parts[4]), Long.parseLong(parts[5]));
            read.times.put(key(parts[0], parts[1], Integer.parseInt(parts[2]), parts[3]), time);
        }
        return read;
    }

    /** The versions measured, or nothing. */
    String version() {
        return version;
    }

    @Nullable
    NetworkTime time(String workload, String network, int batch, String precision) {
        return times.get(key(workload, network, batch, precision));
    }

    private static String key(String workload, String network, int batch, String precision) {
        return workload + " " + network + " " + batch + " " + precision;
    }
}
