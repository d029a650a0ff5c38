package dev.backlight.benchmarks.compare;

import java.util.Collections;
import java.util.List;

/** A page in Markdown, line by line. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    Markdown line(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** A heading between blank lines. */
    Markdown heading(String heading) {
        return line("").line("## " + heading).line("");
    }

    Markdown columns(List<String> names) {
        row(names);
        return line("|" + String.join("", Collections.nCopies(names.size(), "---|")));
    }

    Markdown row(List<String> values) {
        return line("| " + String.join(" | ", values) + " |");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
