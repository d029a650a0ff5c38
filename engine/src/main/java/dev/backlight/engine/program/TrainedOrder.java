package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;

/**
 * Brings trained inputs from the layout that was recorded to the one that runs expect, and back.
 *
 * @param plain the ports that were recorded
 * @param wanted those of runs
 */
record TrainedOrder(Backend backend, Ports plain, Ports wanted) {
    DeviceArray arranged(int input, DeviceArray array) {
        plain.requireFit(input, array);
        if (!plain.isMoved(input, wanted)) {
            return array;
        }
        DeviceArray arranged =
                backend.allocate(array.dtype(), wanted.inputs().get(input).shape());
        ChannelBlocks.joining(array, arranged).on(backend);
        return arranged;
    }

    DeviceArray restored(int input, DeviceArray array) {
        wanted.requireFit(input, array);
        if (!plain.isMoved(input, wanted)) {
            return array;
        }
        DeviceArray restored =
                backend.allocate(array.dtype(), plain.inputs().get(input).shape());
        ChannelBlocks.splitting(array, restored).on(backend);
        return restored;
    }
}
