package dev.backlight.models.onnx.graph;

import dev.backlight.engine.shape.ModelFormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/** Kahn's algorithm; of the nodes that could come next, the first in the file does, so an ordered file stays as it is. */
public final class TopologicalOrder {
    private static final int SHOWN = 5;

    private final String graph;
    private final List<Node> nodes;
    private final Map<String, Integer> makers = new HashMap<>();
    private final List<List<Integer>> readers = new ArrayList<>();
    private final int[] waitsFor;

    private TopologicalOrder(String graph, List<Node> nodes, Set<String> given) {
        this.graph = graph;
        this.nodes = nodes;
        this.waitsFor = new int[nodes.size()];
        findMakers(given);
        findReaders(given);
    }

    /**
     * The nodes in an order in which each stands after those whose values it reads.
     *
     * @param graph the name that messages begin with
     * @param given the names of inputs and initialisers
     * @throws ModelFormatException where a value is made twice or by nobody, or nodes wait for each other in a cycle
     */
    public static List<Node> of(String graph, List<Node> nodes, Set<String> given) {
        return new TopologicalOrder(graph, nodes, given).order();
    }

    private void findMakers(Set<String> given) {
        for (int i = 0; i < nodes.size(); i++) {
            readers.add(new ArrayList<>());
            for (String output : nodes.get(i).outputs()) {
                if (output.isEmpty()) {
                    continue;
                }
                Integer before = makers.put(output, i);
                if (before != null || given.contains(output)) {
                    throw new ModelFormatException(graph + ": the value \"" + output + "\" is made twice, by node "
                            + nodes.get(i) + " and by "
                            + (before == null ? "an input or initialiser" : "node " + nodes.get(before)));
                }
            }
        }
    }

    private void findReaders(Set<String> given) {
        for (int i = 0; i < nodes.size(); i++) {
            for (String input : nodes.get(i).inputs()) {
                Integer maker = makers.get(input);
                if (maker != null) {
                    readers.get(maker).add(i);
                    waitsFor[i]++;
                } else if (!input.isEmpty() && !given.contains(input)) {
                    throw new ModelFormatException(graph + ": node " + nodes.get(i) + " reads \"" + input
                            + "\", which no node, initialiser or input makes; the file is damaged or incomplete");
                }
            }
        }
    }

    private List<Node> order() {
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waitsFor.length; i++) {
            if (waitsFor[i] == 0) {
                ready.add(i);
            }
        }
        List<Node> ordered = new ArrayList<>();
        while (!ready.isEmpty()) {
            int next = ready.remove();
            ordered.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                if (--waitsFor[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        if (ordered.size() < nodes.size()) {
            throw new ModelFormatException(graph + ": the nodes wait for each other in a cycle: " + describe(cycle()));
        }
        return List.copyOf(ordered);
    }

    /** Goes back from a node that was never ready, always to one that was not ready either, until one comes again. */
    private List<Node> cycle() {
        int at = 0;
        while (waitsFor[at] == 0) {
            at++;
        }
        ArrayDeque<Integer> path = new ArrayDeque<>();
        while (!path.contains(at)) {
            path.addFirst(at);
            at = unreadyMaker(nodes.get(at));
        }
        while (path.getLast() != at) {
            path.removeLast();
        }
        return path.stream().map(nodes::get).toList();
    }

    private int unreadyMaker(Node node) {
        return node.inputs().stream()
                .map(makers::get)
                .filter(maker -> maker != null && waitsFor[maker] > 0)
                .findFirst()
                .orElseThrow();
    }

    private static String describe(List<Node> cycle) {
        String shown = cycle.stream().limit(SHOWN).map(Node::toString).collect(Collectors.joining(" → "));
        return cycle.size() > SHOWN ? shown + " → … (" + cycle.size() + " nodes)" : shown;
    }
}
