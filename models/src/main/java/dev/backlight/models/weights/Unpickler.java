package dev.backlight.models.weights;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a Python pickle that holds plain data and tensors. A pickle is a program; this interpreter knows no way to run
 * anything: it builds maps, lists (for tuples too), strings, numbers, booleans, {@link PickleLiteral.None}, and what
 * {@link TorchGlobals} lists, and refuses the rest by name.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">pickletools: all opcodes, explained</a>
 */
final class Unpickler {
    private static final int STOP = '.';
    /** A checkpoint of a thousand tensors takes some 30,000; this bounds the objects a hostile one can make. */
    private static final int MOST_OPCODES = 2_000_000;

    private final PickleInput in;
    private List<Object> stack = new ArrayList<>();
    private final Deque<List<Object>> marked = new ArrayDeque<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private Unpickler(PickleInput in) {
        this.in = in;
    }

    /** Reads one pickle, up to and including its STOP. */
    static Object load(PickleInput in) {
        return new Unpickler(in).load();
    }

    private Object load() {
        for (int count = 0; count < MOST_OPCODES; count++) {
            int opcode = in.unsignedByte();
            if (opcode == STOP) {
                return pop();
            }
            Object literal = PickleLiteral.read(opcode, in);
            if (literal != null) {
                push(literal);
            } else if (!collect(opcode) && !memorise(opcode)) {
                construct(opcode);
            }
        }
        throw in.wrong("expected at most " + MOST_OPCODES + " pickle opcodes, found more");
    }

    /** The opcodes that build and fill lists, tuples and dictionaries; false for any other. */
    private boolean collect(int opcode) {
        switch (opcode) {
            case '(' -> {
                marked.push(stack);
                stack = new ArrayList<>();
            }
            case '1' -> sinceMark();
            case '0' -> pop();
            case '2' -> push(top());
            case '}' -> push(new LinkedHashMap<>());
            case ']', ')' -> push(new ArrayList<>());
            case 't', 'l' -> push(sinceMark());
            case 0x85, 0x86, 0x87 -> push(last(opcode - 0x84));
            case 'd' -> {
                List<Object> items = sinceMark();
                push(new LinkedHashMap<>());
                putAll(items);
            }
            case 'a' -> {
                Object item = pop();
                addAll(List.of(item));
            }
            case 'e' -> addAll(sinceMark());
            case 's' -> putAll(last(2));
            case 'u' -> putAll(sinceMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The opcodes that store values and fetch them again, and those that only frame; false for any other. */
    private boolean memorise(int opcode) {
        switch (opcode) {
            case 'q' -> memo.put((long) in.unsignedByte(), top());
            case 'r' -> memo.put(in.unsignedInt(), top());
            case 'p' -> memo.put(slot(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(remembered((long) in.unsignedByte()));
            case 'j' -> push(remembered(in.unsignedInt()));
            case 'g' -> push(remembered(slot()));
            case 0x80 -> requireProtocol(in.unsignedByte());
            case 0x95 -> in.signedLong();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The opcodes that call something: here only what {@link TorchGlobals} allows. */
    private void construct(int opcode) {
        switch (opcode) {
            case 'c' -> push(TorchGlobals.find(in.line(), in.line(), in));
            case 0x93 -> {
                List<Object> names = last(2);
                push(TorchGlobals.find(String.valueOf(names.get(0)), String.valueOf(names.get(1)), in));
            }
            case 'R', 0x81 -> {
                List<Object> call = last(2);
                push(TorchGlobals.call(call.get(0), call.get(1), in));
            }
            case 'Q' -> push(TorchGlobals.storage(pop(), in));
            case 'b' -> {
                pop();
                map(); // state_dict() hangs its _metadata on the OrderedDict: nothing that weights need
            }
            default ->
                throw in.wrong("expected a pickle of plain data and tensors, found opcode 0x"
                        + Integer.toHexString(opcode) + ", which builds something else");
        }
    }

    private void requireProtocol(int protocol) {
        if (protocol > 5) {
            throw in.wrong("expected pickle protocol 0 to 5, found " + protocol);
        }
    }

    private Long slot() {
        Object slot = PickleLiteral.read('I', in);
        if (slot instanceof Long number) {
            return number;
        }
        throw in.wrong("expected the number of a stored value, found " + slot);
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty()) {
            throw in.wrong("expected a value before this opcode, found none (the pickle is damaged)");
        }
        return stack.getLast();
    }

    private Object pop() {
        Object top = top();
        stack.removeLast();
        return top;
    }

    private List<Object> last(int count) {
        if (stack.size() < count) {
            throw in.wrong("expected " + count + " values before this opcode, found " + stack.size());
        }
        List<Object> tail = stack.subList(stack.size() - count, stack.size());
        List<Object> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private List<Object> sinceMark() {
        if (marked.isEmpty()) {
            throw in.wrong("expected a mark before this opcode, found none (the pickle is damaged)");
        }
        List<Object> values = stack;
        stack = marked.pop();
        return values;
    }

    private Object remembered(Long slot) {
        Object value = memo.get(slot);
        if (value == null) {
            throw in.wrong("expected a stored value " + slot + ", found none (the pickle is damaged)");
        }
        return value;
    }

    @SuppressWarnings("unchecked") // every list and map on the stack was made here
    private void addAll(List<Object> items) {
        if (!(top() instanceof List<?> list)) {
            throw in.wrong("expected a list to append to, found " + TorchGlobals.describe(top()));
        }
        ((List<Object>) list).addAll(items);
    }

    private void putAll(List<Object> items) {
        Map<Object, Object> map = map();
        for (int i = 0; i + 1 < items.size(); i += 2) {
            Object key = items.get(i);
            // Containers as keys could contain themselves, and their hash codes would never end.
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
                throw in.wrong("expected text or a number as key, found " + TorchGlobals.describe(key));
            }
            map.put(key, items.get(i + 1));
        }
    }

    @SuppressWarnings("unchecked") // every list and map on the stack was made here
    private Map<Object, Object> map() {
        if (top() instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw in.wrong("expected a dictionary, found " + TorchGlobals.describe(top()));
    }
}
