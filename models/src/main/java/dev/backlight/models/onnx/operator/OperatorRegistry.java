package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The table of operators. Each has an entry for every version of its operator set that changed what it means to Backlight;
 * an entry holds until the next one.
 */
public final class OperatorRegistry {
    /** Versions of ONNX's own operator set whose operators mean what the entries say. */
    public static final int OLDEST_OPSET = 1;

    public static final int NEWEST_OPSET = 24;

    private final SortedMap<Key, NavigableMap<Integer, Entry>> entries;

    private OperatorRegistry(SortedMap<Key, NavigableMap<Integer, Entry>> entries) {
        this.entries = entries;
    }

    /** An operator's domain (empty for ONNX's own) and name. */
    public record Key(String domain, String opType) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = domain.compareTo(other.domain);
            return order != 0 ? order : opType.compareTo(other.opType);
        }
    }

    /**
     * What an operator means from a version on.
     *
     * @param since the first version
     * @param ofShapes whether the outputs depend on the shapes of the inputs alone
     * @param settings inputs that are read on the host as settings, not computed with
     */
    public record Entry(int since, Operator operator, boolean ofShapes, List<Integer> settings) {
        public Entry {
            settings = List.copyOf(settings);
        }
    }

    /** Everything Backlight supports. */
    public static OperatorRegistry standard() {
        Builder builder = new Builder();
        Elementwise.register(builder);
        Activations.register(builder);
        Convolutions.register(builder);
        PoolingOperators.register(builder);
        Normalisations.register(builder);
        LinearAlgebra.register(builder);
        Reductions.register(builder);
        ShapeOperators.register(builder);
        Pieces.register(builder);
        Indexing.register(builder);
        Scattering.register(builder);
        Ranking.register(builder);
        Scans.register(builder);
        Contractions.register(builder);
        Losses.register(builder);
        Quantisation.register(builder);
        Constants.register(builder);
        Resizing.register(builder);
        GridSampling.register(builder);
        return new OperatorRegistry(builder.entries);
    }

    /** All operators with the versions at which their meaning changes. */
    public SortedMap<Key, NavigableMap<Integer, Entry>> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    /** The entry for an operator of a version of its operator set. */
    public Optional<Entry> find(String domain, String opType, int opset) {
        NavigableMap<Integer, Entry> versions = entries.get(new Key(domain, opType));
        if (versions == null || (domain.isEmpty() && opset > NEWEST_OPSET)) {
            return Optional.empty();
        }
        return Optional.ofNullable(versions.floorEntry(opset)).map(Map.Entry::getValue);
    }

    /** The entry for a node of a graph. */
    public Optional<Entry> find(Graph graph, Node node) {
        return find(node.domain(), node.opType(), graph.opset(node.domain()));
    }

    /**
     * Checks that every node can be computed.
     *
     * @throws UnsupportedOpException naming all operators that cannot, with their version, how often they occur and where
     */
    public void requireSupported(Graph graph) {
        Map<String, List<Node>> unknown = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (find(graph, node).isEmpty()) {
                unknown.computeIfAbsent(describe(graph, node), key -> new ArrayList<>())
                        .add(node);
            }
        }
        if (!unknown.isEmpty()) {
            String list = unknown.entrySet().stream()
                    .map(entry -> entry.getKey() + " at node \""
                            + entry.getValue().getFirst().name() + "\"" + more(entry.getValue()))
                    .collect(Collectors.joining(", "));
            throw new UnsupportedOpException(graph.name() + ": these operators are not supported: " + list
                    + "; supported are operator sets " + OLDEST_OPSET + " to " + NEWEST_OPSET);
        }
    }

    /**
     * Computes a node.
     *
     * @return one tensor per output of the node that is wanted, and possibly more
     * @throws ShapeException naming the node
     */
    public List<Tensor> apply(Invocation at) {
        Node node = at.node();
        Entry entry = find(node.domain(), node.opType(), at.opset())
                .orElseThrow(() -> at.unsupported("the operator is not supported"));
        try {
            List<Tensor> outputs = entry.operator().apply(at);
            for (int i = outputs.size(); i < node.outputs().size(); i++) {
                if (!node.outputs().get(i).isEmpty()) {
                    throw at.unsupported("its output " + i + " is not supported");
                }
            }
            return outputs;
        } catch (ShapeException e) {
            throw new ShapeException("node " + node + ": " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            // Math.toIntExact and its kin, which operators use for every number that a file states.
            throw new ShapeException("node " + node + ": a size, count or position does not fit 32 bits", e);
        }
    }

    private static String describe(Graph graph, Node node) {
        String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
        return domain + node.opType() + " (opset " + graph.opset(node.domain()) + ")";
    }

    private static String more(List<Node> nodes) {
        return nodes.size() == 1 ? "" : " and " + (nodes.size() - 1) + " more";
    }

    /** Collects the entries of the families. */
    static final class Builder {
        private final SortedMap<Key, NavigableMap<Integer, Entry>> entries = new TreeMap<>();

        /** An operator with one output whose meaning has not changed in the supported versions. */
        Builder add(String opType, Single operator) {
            return since(OLDEST_OPSET, opType, operator);
        }

        /** An operator with one output, from a version on; {@code settings} are the inputs read on the host. */
        Builder since(int version, String opType, Single operator, Integer... settings) {
            return several(version, opType, at -> List.of(operator.apply(at)), settings);
        }

        /** An operator with several outputs, from a version on. */
        Builder several(int version, String opType, Operator operator, Integer... settings) {
            return put(opType, new Entry(version, operator, false, List.of(settings)));
        }

        /** An operator whose output depends on the shapes of its inputs alone. */
        Builder ofShapes(int version, String opType, Single operator) {
            return put(opType, new Entry(version, at -> List.of(operator.apply(at)), true, List.of()));
        }

        /** Several names of one meaning, from a version on. */
        Builder all(int version, Single operator, String... opTypes) {
            for (String opType : opTypes) {
                since(version, opType, operator);
            }
            return this;
        }

        private Builder put(String opType, Entry entry) {
            entries.computeIfAbsent(new Key("", opType), key -> new TreeMap<>()).put(entry.since(), entry);
            return this;
        }
    }

    /** Computes the only output of a node. */
    @FunctionalInterface
    interface Single {
        Tensor apply(Invocation at);
    }
}
