package dev.backlight.engine.program;

import java.util.BitSet;

/** What it takes to make a result again at some time of a run, given which results are there then and which were dropped. */
final class RepetitionPrices {
    private final StepGraph graph;
    private final BitSet present;
    private final BitSet dropped;
    private final int[] open;

    /** Where the current search has been: its number. */
    private final int[] seen;

    private int search;
    private int from;
    private int to;

    /**
     * @param present results that are there, as they change
     * @param dropped results that were there and are not
     */
    RepetitionPrices(StepGraph graph, BitSet present, BitSet dropped) {
        this.graph = graph;
        this.present = present;
        this.dropped = dropped;
        this.open = new int[graph.size()];
        this.seen = new int[graph.size()];
    }

    /** The cost of a step and of all that have to be repeated before it. */
    double ofMaking(int result) {
        search++;
        return making(result, Double.POSITIVE_INFINITY);
    }

    /**
     * What it takes to make a result again, and what dropping it adds to making others again that were dropped; infinite where
     * that is more than {@code most}.
     */
    double ofDropping(int result, int now, double most) {
        search++;
        double price = making(result, most);
        from = to = 0;
        open[to++] = result;
        while (from < to && price <= most) {
            for (int reader : graph.readers(open[from++])) {
                if (dropped.get(reader) && seen[reader] != search && graph.nextReader(reader, now) >= 0) {
                    seen[reader] = search;
                    price += graph.cost(reader);
                    open[to++] = reader;
                }
            }
        }
        return price <= most ? price : Double.POSITIVE_INFINITY;
    }

    private double making(int result, double most) {
        double price = 0;
        from = to = 0;
        seen[result] = search;
        open[to++] = result;
        while (from < to && price <= most) {
            int maker = open[from++];
            price += graph.cost(maker);
            for (int operand : graph.operands(maker)) {
                if (!present.get(operand) && seen[operand] != search) {
                    seen[operand] = search;
                    open[to++] = operand;
                }
            }
        }
        return price;
    }
}
