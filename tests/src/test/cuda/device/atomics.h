// Atomic operations. Blocks run on several OS threads, so these are the machine's.
#pragma once
#include "intrinsics.h"

namespace emu {

template <class T> struct Word;
template <> struct Word<int> { using type = unsigned; };
template <> struct Word<unsigned> { using type = unsigned; };
template <> struct Word<float> { using type = unsigned; };
template <> struct Word<long long> { using type = unsigned long long; };
template <> struct Word<unsigned long long> { using type = unsigned long long; };
template <> struct Word<double> { using type = unsigned long long; };

/// Replaces *p by change(*p) and returns what was there.
template <class T, class Change>
inline T atomically(T* p, Change change) {
    using W = typename Word<T>::type;
    W* word = reinterpret_cast<W*>(p);
    W old = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(word, &old, bits<W>(T(change(bits<T>(old)))), false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
    return bits<T>(old);
}

}  // namespace emu

#define EMU_ATOMIC(name, result)                                                    \
    template <class T>                                                              \
    inline T name(T* p, std::type_identity_t<T> v) {                                \
        return emu::atomically(p, [v](T old) { return result; });                   \
    }
EMU_ATOMIC(atomicAdd, old + v)
EMU_ATOMIC(atomicSub, old - v)
EMU_ATOMIC(atomicMin, v < old ? v : old)
EMU_ATOMIC(atomicMax, old < v ? v : old)
EMU_ATOMIC(atomicExch, v)
EMU_ATOMIC(atomicAnd, old & v)
EMU_ATOMIC(atomicOr, old | v)
EMU_ATOMIC(atomicXor, old ^ v)
EMU_ATOMIC(atomicInc, old >= v ? T(0) : T(old + 1))
EMU_ATOMIC(atomicDec, old == 0 || old > v ? v : T(old - 1))
#undef EMU_ATOMIC

template <class T>
inline T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
    return emu::atomically(p, [=](T old) { return old == expected ? value : old; });
}
