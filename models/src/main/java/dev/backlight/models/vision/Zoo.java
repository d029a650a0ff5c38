package dev.backlight.models.vision;

import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** The networks that can be asked for by name. */
public final class Zoo {
    private static final int PHOTOGRAPH = 224;
    private static final int SMALL = 32;
    private static final SequencedMap<String, Entry> ENTRIES = Collections.unmodifiableSequencedMap(entries());

    private Zoo() {}

    /** Makes a network for images of so many channels and so many classes; it has no values yet. */
    @FunctionalInterface
    public interface Builder {
        Layer build(int channels, int classes);
    }

    /**
     * One network.
     *
     * @param inputSize the side, in pixels, of the square images it was designed for; it takes others too
     */
    public record Entry(String name, int inputSize, Builder builder) {
        public Layer build(int channels, int classes) {
            return builder.build(channels, classes);
        }
    }

    /** All networks by name, sorted. */
    public static SequencedMap<String, Entry> all() {
        return ENTRIES;
    }

    /**
     * The network of that name.
     *
     * @throws ShapeException where there is none, with the names there are
     */
    public static Entry named(String name) {
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            throw new ShapeException(
                    "no network is named " + name + ": choose one of " + String.join(", ", ENTRIES.keySet()));
        }
        return entry;
    }

    private static SortedMap<String, Entry> entries() {
        TreeMap<String, Entry> entries = new TreeMap<>();
        addResNets(entries);
        addCifarNetworks(entries);
        addVgg(entries, 11, List.of(1, 1, 2, 2, 2));
        addVgg(entries, 13, List.of(2, 2, 2, 2, 2));
        addVgg(entries, 16, List.of(2, 2, 3, 3, 3));
        addVgg(entries, 19, List.of(2, 2, 4, 4, 4));
        addDenseNet(entries, "densenet121", DenseNet.Variant.photographs(32, 64, 6, 12, 24, 16));
        addDenseNet(entries, "densenet161", DenseNet.Variant.photographs(48, 96, 6, 12, 36, 24));
        addDenseNet(entries, "densenet169", DenseNet.Variant.photographs(32, 64, 6, 12, 32, 32));
        addDenseNet(entries, "densenet201", DenseNet.Variant.photographs(32, 64, 6, 12, 48, 32));
        return entries;
    }

    private static void addResNets(SortedMap<String, Entry> entries) {
        addResNet(entries, "resnet18", ResNet.Variant.basic(2, 2, 2, 2));
        addResNet(entries, "resnet34", ResNet.Variant.basic(3, 4, 6, 3));
        ResNet.Variant fifty = ResNet.Variant.bottleneck(3, 4, 6, 3);
        ResNet.Variant hundred = ResNet.Variant.bottleneck(3, 4, 23, 3);
        addResNet(entries, "resnet50", fifty);
        addResNet(entries, "resnet101", hundred);
        addResNet(entries, "resnet152", ResNet.Variant.bottleneck(3, 8, 36, 3));
        addResNet(entries, "wide_resnet50_2", fifty.grouped(1, 128));
        addResNet(entries, "wide_resnet101_2", hundred.grouped(1, 128));
        addResNet(entries, "resnext50_32x4d", fifty.grouped(32, 4));
        addResNet(entries, "resnext101_32x8d", hundred.grouped(32, 8));
    }

    private static void addCifarNetworks(SortedMap<String, Entry> entries) {
        for (int depth : new int[] {20, 32, 44, 56, 110}) {
            add(entries, "resnet" + depth, SMALL, (in, classes) -> new CifarResNet(depth, 16, in, classes));
        }
        add(entries, "resnet9", SMALL, (in, classes) -> new ResNet9(64, in, classes));
        add(entries, "resnet9_w24", SMALL, (in, classes) -> new ResNet9(24, in, classes));
        DenseNet.Variant small = DenseNet.Variant.small(12, 100);
        add(entries, "densenet_bc100", SMALL, (in, classes) -> new DenseNet(small, in, classes));
    }

    private static void addResNet(SortedMap<String, Entry> entries, String name, ResNet.Variant variant) {
        add(entries, name, PHOTOGRAPH, (in, classes) -> new ResNet(variant, in, classes));
    }

    private static void addVgg(SortedMap<String, Entry> entries, int depth, List<Integer> convolutions) {
        add(entries, "vgg" + depth, PHOTOGRAPH, (in, classes) -> new Vgg(convolutions, false, in, classes));
        add(entries, "vgg" + depth + "_bn", PHOTOGRAPH, (in, classes) -> new Vgg(convolutions, true, in, classes));
    }

    private static void addDenseNet(SortedMap<String, Entry> entries, String name, DenseNet.Variant variant) {
        add(entries, name, PHOTOGRAPH, (in, classes) -> new DenseNet(variant, in, classes));
    }

    private static void add(SortedMap<String, Entry> entries, String name, int size, Builder builder) {
        entries.put(name, new Entry(name, size, builder));
    }
}
