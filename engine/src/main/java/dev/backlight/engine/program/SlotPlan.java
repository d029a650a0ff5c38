package dev.backlight.engine.program;

import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which intermediate results share memory. Results whose lives do not overlap may lie in one slot; an element-by-element
 * step, in blocks of channels or not, writes over an operand that dies with it, and a concatenation writes the rest behind its
 * first operand (so that a dense block's features take memory once, not once per layer). Slots are dealt largest result first,
 * each going into the smallest slot that is free for its whole life ("greedy by size" of Pisarchyk and Lee, "Efficient Memory
 * Management for Deep Neural Net Inference", 2020), which for steps of rule training takes 2 to 12 % more than
 * lives at once at most (docs/performance-limits.md).
 */
final class SlotPlan {
    /** One piece of memory, sized by its first and largest tenant. */
    record Slot(DeviceArray example) {}

    /**
     * Results that lie in one place from the making of the first to the last reading of any: one after the other, or each at
     * the beginning of the next.
     */
    private static final class Tenant {
        private DeviceArray array;
        private final List<Storage> storages = new ArrayList<>();
        private final int from;
        private int to;

        Tenant(DeviceArray array, int from, int to) {
            this.array = array;
            this.from = from;
            this.to = to;
        }

        boolean overlaps(Tenant other) {
            return from <= other.to && other.from <= to;
        }

        DType dtype() {
            return array.dtype();
        }

        long size() {
            return array.storage().capacity();
        }
    }

    private final List<Slot> slots = new ArrayList<>();
    private final Map<Storage, Integer> places = new HashMap<>();

    /** @param ports results that have memory of their own */
    SlotPlan(List<Step> steps, Set<Storage> ports) {
        List<List<Tenant>> occupied = new ArrayList<>();
        List<Tenant> tenants = tenants(steps, ports);
        tenants.sort(Comparator.comparingLong(Tenant::size).reversed());
        for (Tenant tenant : tenants) {
            int slot = freeSlot(tenant, occupied);
            occupied.get(slot).add(tenant);
            tenant.storages.forEach(storage -> places.put(storage, slot));
        }
    }

    List<Slot> slots() {
        return slots;
    }

    /** The slot of an intermediate result. */
    Map<Storage, Integer> places() {
        return places;
    }

    long bytes() {
        return slots.stream().mapToLong(slot -> bytes(slot.example().storage())).sum();
    }

    /** What no plan is below: the largest step's operands and result have to be there at once. */
    static long leastBytes(List<Step> steps, Set<Storage> ports) {
        Uses uses = new Uses(steps);
        return steps.stream()
                .mapToLong(step -> leastBytes(step, steps, uses, ports))
                .max()
                .orElse(0);
    }

    private static long leastBytes(Step step, List<Step> steps, Uses uses, Set<Storage> ports) {
        boolean isPort = ports.contains(step.result());
        Set<Storage> operands = LiveSteps.storages(step.inputs());
        operands.removeIf(operand -> uses.maker(operand) < 0 || ports.contains(operand));
        Set<Storage> contained = new HashSet<>();
        operands.forEach(operand -> addContents(steps.get(uses.maker(operand)), steps, uses, ports, contained));
        if (!isPort) {
            addContents(step, steps, uses, ports, contained);
        }
        operands.removeAll(contained);
        long result = isPort ? 0 : bytes(step.result());
        boolean mayShare = worksInPlace(step.primitive());
        long shared = operands.stream().mapToLong(SlotPlan::bytes).max().orElse(0);
        long all = operands.stream().mapToLong(SlotPlan::bytes).sum();
        return all + result - (mayShare ? Math.min(shared, result) : 0);
    }

    /** Adds what a concatenation's result may begin with in memory: its first operand, and what that begins with. */
    private static void addContents(Step step, List<Step> steps, Uses uses, Set<Storage> ports, Set<Storage> contents) {
        Step whole = step;
        while (whole.primitive() instanceof Primitive.Concat concat && isOutermost(concat.axis(), whole.output())) {
            Storage first = whole.inputs().getFirst().storage();
            int maker = uses.maker(first);
            if (maker < 0 || ports.contains(first) || !contents.add(first)) {
                return;
            }
            whole = steps.get(maker);
        }
    }

    /** What an array in place of a placeholder takes. */
    static long bytes(Storage placeholder) {
        return BufferPool.blockBytes(placeholder.dtype(), placeholder.capacity());
    }

    /** Slots are in falling order of size, so the last one free is the smallest that fits. */
    private int freeSlot(Tenant tenant, List<List<Tenant>> occupied) {
        for (int i = slots.size() - 1; i >= 0; i--) {
            if (slots.get(i).example().dtype() == tenant.dtype()
                    && occupied.get(i).stream().noneMatch(tenant::overlaps)) {
                return i;
            }
        }
        slots.add(new Slot(tenant.array));
        occupied.add(new ArrayList<>());
        return slots.size() - 1;
    }

    private static List<Tenant> tenants(List<Step> steps, Set<Storage> ports) {
        Uses uses = new Uses(steps);
        Map<Storage, Tenant> byStorage = new HashMap<>();
        List<Tenant> tenants = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (ports.contains(step.result())) {
                continue;
            }
            List<Integer> readers = uses.readers(step.result());
            int last = readers.isEmpty() ? i : readers.getLast();
            Tenant tenant = overwritten(step, i, byStorage);
            if (tenant == null) {
                tenant = continued(step, byStorage);
            }
            if (tenant == null) {
                tenant = new Tenant(step.output(), i, last);
                tenants.add(tenant);
            }
            tenant.to = Math.max(tenant.to, last);
            tenant.storages.add(step.result());
            byStorage.put(step.result(), tenant);
        }
        return tenants;
    }

    /** An operand that dies with this step and has the place and form of its result, or null. */
    private static @Nullable Tenant overwritten(Step step, int at, Map<Storage, Tenant> byStorage) {
        if (!worksInPlace(step.primitive())) {
            return null;
        }
        for (DeviceArray operand : step.inputs()) {
            Tenant tenant = byStorage.get(operand.storage());
            if (tenant != null
                    && tenant.to == at
                    && tenant.size() >= step.result().capacity()
                    && isTheWhole(operand, step.output())
                    && isReadOnlyAs(operand, tenant, step, byStorage)) {
                return tenant;
            }
        }
        return null;
    }

    /**
     * The first operand of a concatenation that begins with it in memory too, unless something has been written behind it
     * before; its place grows. Null where there is none.
     */
    private static @Nullable Tenant continued(Step step, Map<Storage, Tenant> byStorage) {
        if (!(step.primitive() instanceof Primitive.Concat concat) || !isOutermost(concat.axis(), step.output())) {
            return null;
        }
        DeviceArray first = step.inputs().getFirst();
        Tenant tenant = byStorage.get(first.storage());
        boolean isTheLatest = tenant != null && tenant.storages.getLast() == first.storage();
        boolean isWhole = first.buffer().length() == first.storage().capacity();
        if (tenant == null
                || !isTheLatest
                || !isWhole
                || tenant.size() > step.result().capacity()) {
            return null;
        }
        tenant.array = step.output();
        return tenant;
    }

    /** Whether all axes before this one have one element. */
    private static boolean isOutermost(int axis, DeviceArray array) {
        for (int i = array.shape().axis(axis) - 1; i >= 0; i--) {
            if (array.shape().size(i) != 1) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTheWhole(DeviceArray operand, DeviceArray output) {
        return operand.shape().equals(output.shape())
                && operand.dtype() == output.dtype()
                && operand.buffer().length() == operand.storage().capacity();
    }

    /** Whether a step that reads the tenant's memory reads just this of it. */
    private static boolean isReadOnlyAs(DeviceArray operand, Tenant tenant, Step step, Map<Storage, Tenant> byStorage) {
        return step.inputs().stream()
                .allMatch(other -> byStorage.get(other.storage()) != tenant || other.equals(operand));
    }

    static boolean worksInPlace(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary _ -> true;
            case Primitive.Binary _ -> true;
            case Primitive.Select _ -> true;
            case Primitive.ChannelAffine _ -> true;
            case Primitive.Softmax _ -> true;
            case Primitive.Fused _ -> true;
            case Primitive.Nchwc blocked -> worksInPlace(blocked.primitive());
            default -> false;
        };
    }
}
