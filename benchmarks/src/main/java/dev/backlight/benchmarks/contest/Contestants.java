package dev.backlight.benchmarks.contest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The contestants on the class path. */
public final class Contestants {
    /** The name of this project among them. */
    public static final String BACKLIGHT = "backlight";

    private Contestants() {}

    /** All of them, Backlight first. */
    public static List<Contestant> all() {
        List<Contestant> all = new ArrayList<>();
        for (Backlight.Mode mode : Backlight.Mode.values()) {
            all.add(new Backlight(mode));
        }
        all.add(new OneThread());
        ServiceLoader.load(Contestant.class).forEach(all::add);
        return all;
    }

    /**
     * The contestant of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Contestant named(String name) {
        return all().stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no contestant is named " + name + "; on the class path "
                                + "are " + all().stream().map(Contestant::name).collect(Collectors.joining(", "))));
    }

    /** Those that can do a job besides Backlight itself, its other forms among them, by the process that they share. */
    public static SequencedMap<String, List<Contestant>> peers(Job job) {
        SequencedMap<String, List<Contestant>> groups = new LinkedHashMap<>();
        for (Contestant contestant : all()) {
            if (!contestant.name().equals(BACKLIGHT) && contestant.canDo(job)) {
                groups.computeIfAbsent(contestant.group(), key -> new ArrayList<>())
                        .add(contestant);
            }
        }
        return groups;
    }
}
