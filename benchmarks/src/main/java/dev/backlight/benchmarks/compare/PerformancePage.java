package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Agreement;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code docs/performance.md}: goals and tables, from all figures there are. */
final class PerformancePage {
    private static final String PREFIX = "performance";

    private final Figures figures;
    private final Markdown page = new Markdown();

    PerformancePage(Figures figures) {
        this.figures = figures;
    }

    void write() throws IOException {
        List<Cell> cells = sorted(figures.read("cells", Cell.class));
        List<Alone> alone = figures.read("alone", Alone.class);
        List<Cell> besidePeers =
                cells.stream().filter(cell -> !SecondThread.isMeasuredBy(cell)).toList();
        page.line("# Performance").line("");
        page.line(String.format(
                Locale.ROOT, "Written by `benchmarks/compare` from the [raw figures](%s); do not edit.", PREFIX));
        goals(cells, alone);
        conditions(cells);
        for (Workload workload : Workload.values()) {
            table(workload, besidePeers);
        }
        memory(alone);
        SecondThread.append(page, cells);
        ScalingTables.append(page, alone);
        RooflineTable.append(page, figures);
        Files.writeString(figures.folder().resolveSibling(PREFIX + ".md"), page.toString());
        RatioChart.write(besidePeers, figures.folder().resolve("ratios.png"));
    }

    private static List<Cell> sorted(List<Cell> cells) {
        List<Cell> sorted = new ArrayList<>(cells);
        sorted.sort(Comparator.comparing((Cell cell) -> Job.parse(cell.job()).workload())
                .thenComparing(cell -> Job.parse(cell.job()).subject(), PerformancePage::byNumberInName)
                .thenComparingInt(cell -> Job.parse(cell.job()).batch())
                .thenComparing(cell -> cell.group().equals("main") ? "" : cell.group()));
        return sorted;
    }

    /** resnet18 before resnet50, and 1024 before 4096. */
    private static int byNumberInName(String a, String b) {
        int words = a.replaceAll("[0-9]", "").compareTo(b.replaceAll("[0-9]", ""));
        return words != 0 ? words : Integer.compare(number(a), number(b));
    }

    private static int number(String name) {
        String digits = name.replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private void goals(List<Cell> cells, List<Alone> alone) throws IOException {
        page.heading("Goals");
        page.line("Ratios of Backlight's time or memory to the peer's; below 1 is better than the peer.")
                .line(
                        "LPR is the whole step; as training runs it, the pass over the unmasked images, which no step changes, is")
                .line("done once for all steps.")
                .line("");
        page.columns(Goal.COLUMNS);
        for (Goal goal : Goal.OF_TIME) {
            page.row(goal.row(
                    Ratios.of(cells, goal.workload(), goal.own(), goal.peer()).values()));
        }
        page.row(SecondThread.goal(cells));
        for (ExplainTime time : figures.read("explain", ExplainTime.class)) {
            page.row(time.row());
        }
        page.row(
                Goal.OF_MEMORY.row(Ratios.ofMemory(alone, Goal.OF_MEMORY.peer()).values()));
        page.line("").line(String.format(Locale.ROOT, "![Ratios of time](%s/ratios.png)", PREFIX));
    }

    private void conditions(List<Cell> cells) throws IOException {
        page.heading("How it was measured");
        for (Machine machine : figures.read("machine", Machine.class)) {
            page.line(String.format(
                    Locale.ROOT,
                    "- %s; %d threads, %s memory",
                    machine.processor(),
                    machine.threads(),
                    machine.memory()));
            page.line(String.format(Locale.ROOT, "- %s, %s", machine.system(), machine.java()));
        }
        page.line(String.format(Locale.ROOT, "- %s", versions(cells)));
        page.line("- `benchmarks/compare`, then `benchmarks/compare --second-thread`, `benchmarks/compare --memory`,")
                .line(
                        "  `benchmarks/compare --explain`, `benchmarks/compare scaling` and `benchmarks/compare roofline`; `--help` says")
                .line("  how to measure less")
                .line("- All contestants of a group take turns in one process, " + rounds(cells)
                        + " rounds after a warm-up;")
                .line(
                        "  a time is the median over the rounds, a ratio the median of the rounds' ratios. Only ratios within a")
                .line("  cell can be compared: a virtual machine's speed moves by tens of per cent between cells.")
                .line(
                        "- Weights, images and rule parameters are random numbers from the same seeds for all, and the statistics of")
                .line(
                        "  normalisations those of four other images, computed once in double precision. The first eight images are")
                .line(
                        "  chosen among 25 so that rounding decides little: where it opens a rectifier deep in a network, contestants")
                .line("  cannot be told to do the same work.")
                .line(String.format(
                        Locale.ROOT,
                        "- Before anything is timed, each peer's results are held against Backlight's: at most %s of their norm apart.",
                        tolerances()))
                .line(
                        "  Where they are further apart, all are held to results in double precision: Backlight's within as much,")
                .line("  a peer's within ten times as much, which is noted under the table.");
        double strangers = cells.stream().mapToDouble(Cell::strangers).max().orElse(0);
        page.line(String.format(
                Locale.ROOT,
                "- Rounds that other processes disturbed are taken again: of those that count, at most %.1f %% of the"
                        + " processors were theirs in any cell's median round. Measured from %s to %s.",
                100 * strangers,
                first(cells),
                last(cells)));
    }

    private static String rounds(List<Cell> cells) {
        IntSummaryStatistics counts = cells.stream()
                .mapToInt(cell -> cell.scores().getFirst().milliseconds().size())
                .summaryStatistics();
        return counts.getMin() == counts.getMax() ? "" + counts.getMax() : counts.getMin() + " to " + counts.getMax();
    }

    private static String tolerances() {
        return Arrays.stream(Workload.values())
                .map(workload ->
                        String.format(Locale.ROOT, "%.0e (%s)", Agreement.tolerance(workload), workload.label()))
                .collect(Collectors.joining(", "));
    }

    private static String first(List<Cell> cells) {
        return cells.stream().map(Cell::measured).min(Comparator.naturalOrder()).orElse("–");
    }

    private static String last(List<Cell> cells) {
        return cells.stream().map(Cell::measured).max(Comparator.naturalOrder()).orElse("–");
    }

    private static String versions(List<Cell> cells) {
        Map<String, Set<String>> versions = new TreeMap<>();
        cells.forEach(cell -> cell.scores()
                .forEach(score -> versions.computeIfAbsent(score.contestant(), name -> new TreeSet<>())
                        .add(score.version())));
        return versions.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + String.join(" and ", entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private void table(Workload workload, List<Cell> cells) {
        SequencedMap<Job, List<Cell>> jobs = cells.stream()
                .filter(cell -> Job.parse(cell.job()).workload() == workload)
                .collect(Collectors.groupingBy(cell -> Job.parse(cell.job()), LinkedHashMap::new, Collectors.toList()));
        if (jobs.isEmpty()) {
            return;
        }
        List<String> peers = jobs.values().stream()
                .flatMap(List::stream)
                .flatMap(cell -> cell.scores().stream())
                .map(Score::contestant)
                .filter(name -> !name.equals(Contestants.BACKLIGHT))
                .distinct()
                .toList();
        page.heading(Descriptions.of(workload));
        page.line("Milliseconds (GFLOP/s), and the ratio of Backlight's time to the peer's.")
                .line("");
        List<String> columns = new ArrayList<>(List.of("", "Backlight"));
        for (String peer : peers) {
            columns.add(peer);
            columns.add("ratio");
        }
        page.columns(columns);
        jobs.forEach((job, group) -> page.row(row(job, group, peers)));
        page.row(means(workload, cells, peers));
        jobs.values().forEach(group -> group.forEach(this::noteDisagreement));
    }

    /** Says where contestants did not agree, and who is how far from the result in double precision. */
    private void noteDisagreement(Cell cell) {
        Job job = Job.parse(cell.job());
        double most =
                cell.scores().stream().mapToDouble(Score::difference).max().orElse(0);
        if (most > Agreement.tolerance(job.workload())) {
            page.line("")
                    .line(job.subject() + ", batch " + job.batch()
                            + ": results differ, since rounding opens a rectifier here that it shuts there. From those in double"
                            + " precision, relative to their norm: "
                            + cell.scores().stream()
                                    .map(score -> String.format(
                                            Locale.ROOT, "%s %.1e", score.contestant(), score.difference()))
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
    }

    private static List<String> row(Job job, List<Cell> group, List<String> peers) {
        List<String> row = new ArrayList<>();
        row.add(job.workload() == Workload.MATRIX_PRODUCT ? job.subject() : job.subject() + ", batch " + job.batch());
        Cell first = group.getFirst();
        row.add(time(first.score(Contestants.BACKLIGHT).orElseThrow(), first));
        for (String peer : peers) {
            Optional<Cell> cell =
                    group.stream().filter(one -> one.score(peer).isPresent()).findFirst();
            row.add(cell.map(one -> time(one.score(peer).orElseThrow(), one)).orElse(""));
            row.add(cell.map(one -> ratio(Ratios.of(one, one.score(peer).orElseThrow())))
                    .orElse(""));
        }
        return row;
    }

    private static List<String> means(Workload workload, List<Cell> cells, List<String> peers) {
        List<String> row = new ArrayList<>(List.of("geometric mean", ""));
        for (String peer : peers) {
            row.add("");
            row.add("**"
                    + ratio(Statistics.geometricMean(
                            Ratios.of(cells, workload, peer).values())) + "**");
        }
        return row;
    }

    private static String time(Score score, Cell cell) {
        double milliseconds = score.median();
        String format = milliseconds < 100 ? "%.1f (%.0f)" : "%.0f (%.0f)";
        return String.format(Locale.ROOT, format, milliseconds, cell.gflop() / milliseconds * 1e3);
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    private void memory(List<Alone> alone) {
        SequencedMap<Job, Double> ratios = Ratios.ofMemory(alone, "pytorch");
        if (ratios.isEmpty()) {
            return;
        }
        page.heading("Peak resident memory of the LPR step");
        page.line("MiB, each in a process of its own, from the moment when network and input are ready (in brackets).");
        page.line("Both processes hold a Java virtual machine.").line("");
        page.columns(List.of("", "Backlight", "pytorch", "ratio"));
        ratios.forEach((job, ratio) -> page.row(List.of(
                job.subject() + ", batch " + job.batch(),
                memory(alone, job, Contestants.BACKLIGHT),
                memory(alone, job, "pytorch"),
                ratio(ratio))));
    }

    private static String memory(List<Alone> all, Job job, String contestant) {
        return all.stream()
                .filter(one -> one.job().equals(job.key()) && one.contestant().equals(contestant))
                .map(one -> String.format(Locale.ROOT, "%.0f (%.0f)", one.peakMebibytes(), one.readyMebibytes()))
                .findFirst()
                .orElse("");
    }
}
