package dev.backlight.models.data;

import dev.backlight.engine.shape.ModelFormatException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds the class that a user has in mind. */
record ClassSearch(List<String> names, Map<String, Integer> byIdentifier) {
    private static final int SUGGESTIONS = 3;
    private static final int MOST_SHOWN = 6;

    int find(String wanted) {
        if (wanted.matches("\\d{1,9}")) {
            return inRange(Integer.parseInt(wanted));
        }
        Integer identified = byIdentifier.get(wanted.toLowerCase(Locale.ROOT));
        if (identified != null) {
            return identified;
        }
        String key = key(wanted);
        List<Integer> found = matching(key::equals);
        if (found.isEmpty() && !key.isEmpty()) {
            found = matching(name -> name.startsWith(key));
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new ModelFormatException(
                found.isEmpty()
                        ? "no class is named \"" + wanted + "\": did you mean " + nearest(key) + "?"
                        : "\"" + wanted + "\" names " + found.size() + " classes: give the index of " + shown(found));
    }

    private int inRange(int index) {
        if (index >= names.size()) {
            throw new ModelFormatException("class " + index + " does not exist: the " + names.size()
                    + " classes are numbered 0 to " + (names.size() - 1));
        }
        return index;
    }

    private List<Integer> matching(Predicate<String> condition) {
        return IntStream.range(0, names.size())
                .filter(i -> condition.test(key(names.get(i))))
                .boxed()
                .toList();
    }

    /** Names that contain the wanted one come first, then by the number of letters to change. */
    private String nearest(String key) {
        Comparator<Integer> byDistance = Comparator.comparingInt(i -> {
            String name = key(names.get(i));
            return !key.isEmpty() && name.contains(key) ? 0 : 1 + distance(name, key);
        });
        List<Integer> best = IntStream.range(0, names.size())
                .boxed()
                .sorted(byDistance)
                .limit(SUGGESTIONS)
                .toList();
        return shown(best);
    }

    private String shown(List<Integer> indices) {
        return indices.stream()
                        .limit(MOST_SHOWN)
                        .map(i -> names.get(i) + " (" + i + ")")
                        .collect(Collectors.joining(", "))
                + (indices.size() > MOST_SHOWN ? " or another" : "");
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replaceAll("[_\\s-]+", " ");
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
