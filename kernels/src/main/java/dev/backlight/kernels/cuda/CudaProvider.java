package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BackendProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Offers {@link CudaBackend} where NVIDIA's driver finds a GPU. It is used when asked for by name only: a machine's GPU is
 * often someone else's, and opening one takes longer than small work on the CPU does.
 */
public final class CudaProvider implements BackendProvider {
    @Override
    public String name() {
        return "cuda";
    }

    /** Below the reference backend, which is always there. */
    @Override
    public int priority() {
        return -1;
    }

    @Override
    public Optional<String> unavailable() {
        return Devices.missing();
    }

    @Override
    public Backend create(int threads) {
        return create(threads, Map.of());
    }

    @Override
    public Backend create(int threads, Map<String, String> settings) {
        return new CudaBackend(CudaOptions.of(settings));
    }

    @Override
    public SequencedMap<String, String> describe() {
        return unavailable().isPresent() ? new LinkedHashMap<>() : DeviceFacts.read();
    }
}
