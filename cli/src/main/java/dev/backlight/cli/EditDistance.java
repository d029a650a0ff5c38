package dev.backlight.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Finds what a user may have meant. */
final class EditDistance {
    private EditDistance() {}

    /** The {@code count} names nearest to the one given. */
    static List<String> nearest(String wanted, Collection<String> names, int count) {
        String key = wanted.toLowerCase(Locale.ROOT);
        return names.stream()
                .sorted(Comparator.comparingInt(name -> between(key, name.toLowerCase(Locale.ROOT))))
                .limit(count)
                .toList();
    }

    /** Levenshtein's distance: letters to insert, delete or replace. */
    static int between(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
