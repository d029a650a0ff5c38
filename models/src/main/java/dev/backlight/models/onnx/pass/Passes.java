package dev.backlight.models.onnx.pass;

import dev.backlight.models.onnx.graph.Graph;

/** The passes in the order in which they help each other. */
public final class Passes {
    private Passes() {}

    /** What keeps every weight and every result as the file has it. */
    public static Graph standard(Graph graph) {
        Graph lean = Identities.drop(QuantisedOperators.rewrite(DeadNodes.drop(graph)));
        return DeadNodes.drop(CommonSubexpressions.merge(lean));
    }

    /**
     * What makes a network faster whose weights stay as they are: normalisations and padding disappear into convolutions.
     * Results change by rounding, weights by what they take in.
     */
    public static Graph frozen(Graph graph) {
        return FoldedNormalisations.fold(PaddedConvolutions.fuse(standard(graph)));
    }
}
