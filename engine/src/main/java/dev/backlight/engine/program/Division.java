package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which steps run once, since they depend on no input, and which in each run.
 *
 * @param once in order; what the others do not read is needed on the way only
 */
record Division(List<Step> once, List<Step> perRun, Set<Storage> results) {
    /** Constants of less than this part of them all stay constants: they take no memory that mattered. */
    private static final long SMALL_PART = 1000;

    static Division of(Collection<DeviceArray> inputs, List<Step> live, Set<Storage> results) {
        Set<Storage> varying = LiveSteps.dependentOn(inputs, live);
        List<Step> once = new ArrayList<>();
        List<Step> perRun = new ArrayList<>();
        live.forEach(step -> (varying.contains(step.result()) ? perRun : once).add(step));
        return new Division(once, perRun, results);
    }

    /** What is computed once and stays: results, and what the steps of each run read. */
    List<DeviceArray> constants() {
        Set<Storage> read = new HashSet<>(results);
        perRun.forEach(step -> read.addAll(LiveSteps.storages(step.inputs())));
        return once.stream()
                .map(Step::output)
                .filter(output -> read.contains(output.storage()))
                .toList();
    }

    /** Memory for constants. */
    long bytes() {
        return constants().stream()
                .mapToLong(constant -> SlotPlan.bytes(constant.storage()))
                .sum();
    }

    /**
     * The same with large constants computed in each run, where their memory is free again after their last reader, and they
     * can be dropped before. Weights stay, since kernels keep them in an order of their own.
     */
    Division withFewConstants() {
        long small = bytes() / SMALL_PART;
        Set<Storage> kept = new HashSet<>(results);
        once.stream()
                .map(Step::output)
                .map(DeviceArray::storage)
                .filter(storage -> SlotPlan.bytes(storage) <= small)
                .forEach(kept::add);
        perRun.forEach(step -> kept.addAll(weights(step)));
        once.forEach(step -> kept.addAll(weights(step)));
        Set<Storage> needed = new HashSet<>();
        perRun.forEach(step -> needed.addAll(LiveSteps.storages(step.inputs())));
        for (Step step : once.reversed()) {
            if (needed.contains(step.result()) && !kept.contains(step.result())) {
                needed.addAll(LiveSteps.storages(step.inputs()));
            }
        }
        needed.removeAll(kept);
        return withRepeated(needed);
    }

    /** The same where each run makes some constants, under new names: others that stay may be made of them too. */
    private Division withRepeated(Set<Storage> repeated) {
        Map<Storage, Storage> renamed = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        for (Step step : once) {
            if (repeated.contains(step.result())) {
                renamed.put(
                        step.result(),
                        Storage.placeholder(step.output().dtype(), step.result().capacity()));
                steps.add(renamed(step, renamed));
            }
        }
        perRun.forEach(step -> steps.add(renamed(step, renamed)));
        Division fewer = new Division(once, steps, results);
        return new Division(LiveSteps.neededBy(fewer.constants(), once), steps, results);
    }

    private static Step renamed(Step step, Map<Storage, Storage> names) {
        List<DeviceArray> inputs =
                step.inputs().stream().map(input -> renamed(input, names)).toList();
        return new Step(step.primitive(), inputs, renamed(step.output(), names));
    }

    private static DeviceArray renamed(DeviceArray array, Map<Storage, Storage> names) {
        Storage name = names.get(array.storage());
        return name == null ? array : array.on(name);
    }

    /** Steps as they run, and what runs are given and give. */
    record Arrangement(Division division, Ports ports) {}

    /** Fused, with images in blocks of channels where that pays, and without slices that are one piece of memory. */
    Arrangement arranged(int block, Ports ports) {
        Set<Storage> varying = LiveSteps.storages(ports.inputs());
        Set<Storage> seen = new HashSet<>(results);
        for (Step step : perRun) {
            varying.add(step.result());
            seen.addAll(LiveSteps.storages(step.inputs()));
        }
        ChannelBlocking.Arranged arranged =
                ChannelBlocking.arrange(block, Fusion.fuse(once, seen), Fusion.fuse(perRun, results), varying, ports);
        Ports moved = arranged.ports();
        Set<Storage> given = moved.results();
        List<Step> cut = Views.insteadOfSlices(arranged.perRun(), given);
        return new Arrangement(new Division(arranged.hoisted(), cut, given), moved);
    }

    private static Set<Storage> weights(Step step) {
        return switch (step.primitive()) {
            case Primitive.Convolution _ -> LiveSteps.storages(step.inputs().subList(1, 2));
            case Primitive.ConvolutionInputGradient _ ->
                LiveSteps.storages(step.inputs().subList(1, 2));
            case Primitive.MatMul _ -> LiveSteps.storages(step.inputs().subList(1, 2));
            default -> Set.of();
        };
    }
}
