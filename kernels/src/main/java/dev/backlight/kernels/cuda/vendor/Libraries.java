package dev.backlight.kernels.cuda.vendor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens what is installed, the newest first. */
public final class Libraries {
    /**
     * A library, or the reasons why there is none.
     *
     * @param library null when none of the versions can be used
     */
    public record Found<T>(@Nullable T library, String reason) {}

    private Libraries() {}

    /**
     * cuBLAS.
     *
     * @param guarded runs what makes JCuda unpack a library
     */
    public static Found<Blas> blas(Session session, Consumer<Runnable> guarded) {
        return first(List.of(
                () -> new ForeignBlas("libcublas.so.13", session),
                () -> unpacked(guarded, () -> new JcublasBlas(session), "JCublas with libcublas.so.12"),
                () -> new ForeignBlas("libcublas.so.12", session)));
    }

    /**
     * cuDNN.
     *
     * @param guarded runs what makes JCuda unpack a library
     */
    public static Found<Dnn> dnn(Session session, Consumer<Runnable> guarded) {
        return first(List.of(
                () -> new ForeignDnn("libcudnn.so.9", session),
                () -> unpacked(guarded, () -> new JcudnnDnn(session), "JCudnn with libcudnn.so.8"),
                () -> new ForeignDnn("libcudnn.so.8", session)));
    }

    private static <T> Found<T> first(List<Supplier<T>> candidates) {
        List<String> reasons = new ArrayList<>();
        for (Supplier<T> candidate : candidates) {
            try {
                return new Found<>(candidate.get(), "");
            } catch (VendorException e) {
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        return new Found<>(null, String.join("; ", reasons));
    }

    private static <T> T unpacked(Consumer<Runnable> guarded, Supplier<T> opening, String what) {
        List<T> opened = new ArrayList<>(1);
        try {
            guarded.accept(() -> opened.add(opening.get()));
        } catch (LinkageError e) {
            throw new VendorException(what + " cannot be loaded", e);
        }
        return opened.getFirst();
    }
}
