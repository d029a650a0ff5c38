package dev.backlight.engine.backend;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forms of one block's contents, each good for the version of the contents that it was made from. */
final class DerivedForms {
    /** One form; its lock is held while it is made, so that threads asking at once share the work. */
    private static final class Form {
        private final long bytes;
        private @Nullable Object value;
        private long version = -1;

        Form(long bytes) {
            this.bytes = bytes;
        }

        @SuppressWarnings("unchecked") // a key determines the type of its form
        synchronized <T> T get(AtomicLong contents, Function<@Nullable T, T> maker) {
            long current = contents.get();
            T form = (T) value;
            if (form == null || version != current) {
                form = maker.apply(form);
                value = form;
                version = current;
            }
            return form;
        }
    }

    private final Map<Object, Form> forms = new ConcurrentHashMap<>(2);
    private final AtomicLong contents = new AtomicLong();

    <T> T get(Object key, long bytes, Function<@Nullable T, T> maker) {
        return forms.computeIfAbsent(key, k -> new Form(bytes)).get(contents, maker);
    }

    /** The contents have changed. */
    void outdate() {
        contents.incrementAndGet();
    }

    long version() {
        return contents.get();
    }

    void drop() {
        forms.clear();
    }

    long bytes() {
        return forms.values().stream().mapToLong(form -> form.bytes).sum();
    }
}
