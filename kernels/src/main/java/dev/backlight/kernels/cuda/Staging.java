package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.driver.CUevent;
import org.jspecify.annotations.Nullable;

/**
 * Copies between Java arrays and the device, through page-locked memory: the garbage collector moves arrays, so the device
 * must never be given one's address. Two pieces take turns, so that one is filled while the other travels.
 */
final class Staging {
    private static final int PIECE_BYTES = 4 << 20;

    private static final class Piece {
        private final ByteBuffer memory;
        private final CUevent passed;

        Piece(Context context) {
            memory = context.driver().allocatePinned(PIECE_BYTES).order(ByteOrder.nativeOrder());
            passed = context.driver().createEvent();
        }
    }

    private final Context context;
    private Piece @Nullable [] pieces;
    private int turn;

    Staging(Context context) {
        this.context = context;
    }

    void upload(Object source, int sourceOffset, Buffer target) {
        int width = target.dtype().bytes();
        int perPiece = PIECE_BYTES / width;
        long address = DeviceMemory.address(target);
        for (long done = 0; done < target.length(); ) {
            int count = (int) Math.min(perPiece, target.length() - done);
            Piece piece = next();
            context.driver().await(piece.passed);
            fill(piece.memory, source, (int) (sourceOffset + done), count);
            context.driver().uploadAsync(address + done * width, piece.memory, (long) count * width, context.stream());
            context.driver().record(piece.passed, context.stream());
            done += count;
        }
    }

    /** Waits for what the numbers depend on, and for the numbers. */
    void download(Buffer source, Object target, int targetOffset) {
        int width = source.dtype().bytes();
        int perPiece = PIECE_BYTES / width;
        long address = DeviceMemory.address(source);
        for (long done = 0; done < source.length(); ) {
            int count = (int) Math.min(perPiece, source.length() - done);
            Piece piece = next();
            context.driver()
                    .downloadAsync(piece.memory, address + done * width, (long) count * width, context.stream());
            context.driver().synchronize(context.stream());
            read(piece.memory, target, (int) (targetOffset + done), count);
            done += count;
        }
    }

    private Piece next() {
        Piece[] both = pieces;
        if (both == null) {
            both = new Piece[] {new Piece(context), new Piece(context)};
            pieces = both;
        }
        turn = 1 - turn;
        return both[turn];
    }

    private static void fill(ByteBuffer memory, Object source, int offset, int count) {
        switch (source) {
            case float[] array -> memory.asFloatBuffer().put(array, offset, count);
            case double[] array -> memory.asDoubleBuffer().put(array, offset, count);
            case long[] array -> memory.asLongBuffer().put(array, offset, count);
            default -> throw new IllegalArgumentException("not an array of numbers: " + source.getClass());
        }
    }

    private static void read(ByteBuffer memory, Object target, int offset, int count) {
        switch (target) {
            case float[] array -> memory.asFloatBuffer().get(array, offset, count);
            case double[] array -> memory.asDoubleBuffer().get(array, offset, count);
            case long[] array -> memory.asLongBuffer().get(array, offset, count);
            default -> throw new IllegalArgumentException("not an array of numbers: " + target.getClass());
        }
    }
}
