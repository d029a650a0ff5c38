package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** The largest elements in order, and indicators of indices. */
final class Ranking {
    private Ranking() {}

    static void register(OperatorRegistry.Builder to) {
        to.several(1, "TopK", at -> top(at, at.attributes().integer("k", 0)))
                .several(10, "TopK", at -> top(at, (int) at.scalar(1, 0)), 1)
                .since(9, "OneHot", Ranking::oneHot, 1);
    }

    /** One search after another, each without the elements found before; the gradient goes to the elements found. */
    private static List<Tensor> top(Invocation at, int count) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", -1));
        if (count < 1 || count > x.shape().size(axis)) {
            throw new ShapeException("the first " + count + " elements of axis " + axis + " of shape " + x.shape());
        }
        Limits.elements(x.shape().elements(), count);
        boolean largest = at.attributes().flag("largest", true);
        Tensor left = largest ? x.detached() : Ops.neg(x.detached());
        DType own = left.dtype();
        Tensor ranked = own.isFloating() ? left : Ops.cast(left, DType.F64);
        Tensor nothing = Tensor.full(x.backend(), ranked.dtype(), Shape.scalar(), Double.NEGATIVE_INFINITY);
        Tensor positions = Scans.positions(x, axis);
        Tensor[] found = new Tensor[count];
        for (int i = 0; i < count; i++) {
            found[i] = Ops.reshape(Ops.argMax(ranked, axis), x.shape().with(axis, 1));
            ranked = Ops.where(Ops.equal(positions, found[i]), nothing, ranked);
        }
        Tensor indices = Shapes.concat(axis, found);
        return List.of(Shapes.gather(x, axis, indices), indices);
    }

    private static Tensor oneHot(Invocation at) {
        Tensor indices = Ops.cast(at.tensor(0), DType.I64);
        int depth = (int) at.scalar(1, 0);
        int rank = indices.shape().rank() + 1;
        int stated = at.attributes().integer("axis", -1);
        int axis = stated < 0 ? stated + rank : stated;
        Limits.elements(indices.shape().elements(), depth);
        if (axis < 0 || axis >= rank || depth < 1) {
            throw new ShapeException("a depth of " + depth + " along axis " + stated + " of " + rank + " axes");
        }
        Tensor resolved = Indexing.fromStart(indices, depth);
        Tensor apart = Ops.reshape(resolved, resolved.shape().insert(axis, 1));
        Tensor full = Tensor.full(indices.backend(), DType.I64, apart.shape().with(axis, depth), 0);
        Tensor hits = Ops.equal(Scans.positions(full, axis), apart);
        Tensor values = at.tensor(2);
        Tensor off = Ops.reshape(Ops.slice(values, 0, 0, 1), Shape.scalar());
        Tensor on = Ops.reshape(Ops.slice(values, 0, 1, 2), Shape.scalar());
        return Ops.where(Ops.broadcastTo(hits, full.shape()), on, off);
    }
}
