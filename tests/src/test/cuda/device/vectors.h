// Short vectors with CUDA's alignments: a load of 16 bytes from another address faults here as it does there.
#pragma once

#define EMU_VECTORS(T, name, align2, align4)                                                                \
    struct name##1 { T x; };                                                                                \
    struct alignas(align2) name##2 { T x, y; };                                                             \
    struct name##3 { T x, y, z; };                                                                          \
    struct alignas(align4) name##4 { T x, y, z, w; };                                                       \
    inline name##1 make_##name##1(T x) { return {x}; }                                                      \
    inline name##2 make_##name##2(T x, T y) { return {x, y}; }                                              \
    inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }                                      \
    inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }

EMU_VECTORS(char, char, 2, 4)
EMU_VECTORS(unsigned char, uchar, 2, 4)
EMU_VECTORS(short, short, 4, 8)
EMU_VECTORS(unsigned short, ushort, 4, 8)
EMU_VECTORS(int, int, 8, 16)
EMU_VECTORS(unsigned, uint, 8, 16)
EMU_VECTORS(float, float, 8, 16)
EMU_VECTORS(long, long, 16, 16)
EMU_VECTORS(unsigned long, ulong, 16, 16)
EMU_VECTORS(long long, longlong, 16, 16)
EMU_VECTORS(unsigned long long, ulonglong, 16, 16)
EMU_VECTORS(double, double, 16, 16)
#undef EMU_VECTORS

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};
