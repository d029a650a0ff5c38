package dev.backlight.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.benchmarks.contest.Job;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CompareTest {
    private static List<String> jobs(String... arguments) {
        Compare compare = new Compare();
        new CommandLine(compare).parseArgs(arguments);
        return compare.jobs().stream().map(Job::key).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"F", "FG", "LPR", "LPR-full", "IG"})
    void everythingThatIsNamedIsMeasured(String workload) {
        assertEquals(
                List.of(
                        workload + ":vgg16:8:224:2",
                        workload + ":vgg16:1:224:2",
                        workload + ":densenet121:8:224:2",
                        workload + ":densenet121:1:224:2",
                        workload + ":resnet50:8:224:2",
                        workload + ":resnet50:1:224:2"),
                jobs("--workloads", workload, "--networks", "vgg16,densenet121,resnet50", "--batches", "8,1"));
    }

    @Test
    void whereNothingIsNamedEachWorkloadHasItsTable() {
        List<String> jobs = jobs();
        assertEquals(3 * 4 * 2 + 2 + 1 + 3, jobs.size());
        assertTrue(jobs.containsAll(List.of("F:vgg16:8:224:2", "SGEMM:4096:1:1:2")), jobs::toString);
        assertEquals(
                List.of("LPR-full:resnet18:1:224:2", "LPR-full:resnet50:1:224:2"), jobs("--workloads", "LPR-full"));
        assertEquals(List.of("IG:resnet18:1:224:2"), jobs("--workloads", "IG"));
    }

    @Test
    void whatIsNotNamedIsAsInTheTable() {
        assertEquals(List.of("LPR-full:vgg16:1:224:2"), jobs("--workloads", "LPR-full", "--networks", "vgg16"));
        assertEquals(
                List.of("LPR-full:resnet18:8:224:2", "LPR-full:resnet50:8:224:2"),
                jobs("--workloads", "LPR-full", "--batches", "8"));
    }
}
