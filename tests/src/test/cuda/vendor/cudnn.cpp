// A stand-in for cuDNN with the few functions that Backlight calls: convolutions of F32 images in NCHW order.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "work.h"

namespace {

constexpr int BadParameter = VERSION == 8 ? 3 : 2000;

struct Sizes {
    int n, c, h, w;
};
struct Convolution {
    int padY, padX, strideY, strideX, dilationY, dilationX, groups = 1, math = -1;
};

/// cudnnConvolution…AlgoPerf_t.
struct Performance {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, mathType, reserved[3];
};

constexpr int kGood = 1;
constexpr size_t kWorkspace = 1024;

/// Calls visit(x, w, y) with the offsets of all factors of each term.
template <class Visit>
void eachTerm(const Sizes& x, const Sizes& w, const Sizes& y, const Convolution& g, Visit visit) {
    int perGroup = y.c / g.groups;
    for (int n = 0; n < y.n; ++n)
        for (int o = 0; o < y.c; ++o)
            for (int oy = 0; oy < y.h; ++oy)
                for (int ox = 0; ox < y.w; ++ox)
                    for (int c = 0; c < w.c; ++c)
                        for (int ky = 0; ky < w.h; ++ky)
                            for (int kx = 0; kx < w.w; ++kx) {
                                int iy = oy * g.strideY - g.padY + ky * g.dilationY;
                                int ix = ox * g.strideX - g.padX + kx * g.dilationX;
                                if (iy < 0 || iy >= x.h || ix < 0 || ix >= x.w) continue;
                                int channel = o / perGroup * w.c + c;
                                visit(((size_t(n) * x.c + channel) * x.h + iy) * x.w + ix,
                                      ((size_t(o) * w.c + c) * w.h + ky) * w.w + kx,
                                      ((size_t(n) * y.c + o) * y.h + oy) * y.w + ox);
                            }
}

size_t volume(const Sizes& s) { return size_t(s.n) * s.c * s.h * s.w; }

constexpr int kDefaultMath = 0, kFmaMath = 3;

/// The fastest algorithm is offered first and is not deterministic; a caller that runs it gets an error.
int algorithms(int most, int* count, Performance* found) {
    if (most < 2) return BadParameter;
    found[0] = {0, Success, 0.1f, 0, 0, 0, {}};
    found[1] = {kGood, Success, 0.2f, kWorkspace, 1, 0, {}};
    *count = 2;
    return Success;
}

bool usable(const Convolution* g, int algorithm, void* workspace, size_t bytes, const float* alpha, const float* beta) {
    return g->math >= 0 && algorithm == kGood && workspace && bytes >= kWorkspace && *alpha == 1 && *beta == 0;
}

}  // namespace

VENDOR_API size_t cudnnGetVersion() { return VERSION == 8 ? 8907 : VERSION * 10000; }
VENDOR_API long cudnnEmuGiven() { return given; }
VENDOR_API int cudnnCreate(Handle** handle) {
    if (fails("cudnnCreate")) return Failed;
    *handle = new Handle;
    return Success;
}
VENDOR_API int cudnnSetStream(Handle* handle, void* stream) {
    handle->stream = stream;
    return Success;
}
VENDOR_API int cudnnCreateTensorDescriptor(Sizes** descriptor) {
    *descriptor = new Sizes;
    return Success;
}
VENDOR_API int cudnnCreateFilterDescriptor(Sizes** descriptor) { return cudnnCreateTensorDescriptor(descriptor); }
VENDOR_API int cudnnCreateConvolutionDescriptor(Convolution** descriptor) {
    *descriptor = new Convolution;
    return Success;
}
VENDOR_API int cudnnSetTensor4dDescriptor(Sizes* s, int format, int type, int n, int c, int h, int w) {
    if (format != 0 || type != 0) return BadParameter;
    *s = {n, c, h, w};
    return Success;
}
VENDOR_API int cudnnSetFilter4dDescriptor(Sizes* s, int type, int format, int n, int c, int h, int w) {
    return cudnnSetTensor4dDescriptor(s, format, type, n, c, h, w);
}
VENDOR_API int cudnnSetConvolution2dDescriptor(Convolution* g, int padY, int padX, int strideY, int strideX, int dilationY,
                                               int dilationX, int mode, int type) {
    if (mode != 1 || type != 0) return BadParameter;
    *g = {padY, padX, strideY, strideX, dilationY, dilationX};
    return Success;
}
VENDOR_API int cudnnSetConvolutionGroupCount(Convolution* g, int groups) {
    g->groups = groups;
    return Success;
}
VENDOR_API int cudnnSetConvolutionMathType(Convolution* g, int math) {
    g->math = math;
    return math == kDefaultMath || math == kFmaMath ? Success : BadParameter;
}

VENDOR_API int cudnnGetConvolutionForwardAlgorithm_v7(Handle*, Sizes*, Sizes*, Convolution*, Sizes*, int most, int* count,
                                                      Performance* found) {
    return algorithms(most, count, found);
}
VENDOR_API int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle*, Sizes*, Sizes*, Convolution*, Sizes*, int most, int* count,
                                                           Performance* found) {
    return algorithms(most, count, found);
}
VENDOR_API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle*, Sizes*, Sizes*, Convolution*, Sizes*, int most,
                                                             int* count, Performance* found) {
    return algorithms(most, count, found);
}

VENDOR_API int cudnnConvolutionForward(Handle* handle, const float* alpha, const Sizes* xs, const float* x, const Sizes* ws,
                                       const float* w, const Convolution* g, int algorithm, void* workspace, size_t bytes,
                                       const float* beta, const Sizes* ys, float* y) {
    if (!usable(g, algorithm, workspace, bytes, alpha, beta)) return BadParameter;
    Sizes sx = *xs, sw = *ws, sy = *ys;
    Convolution geometry = *g;
    return enqueue(handle, "cudnnConvolutionForward", [=] {
        memset(workspace, 0, kWorkspace);
        memset(y, 0, volume(sy) * sizeof(float));
        eachTerm(sx, sw, sy, geometry, [=](size_t i, size_t j, size_t k) { y[k] += x[i] * w[j]; });
    });
}
VENDOR_API int cudnnConvolutionBackwardData(Handle* handle, const float* alpha, const Sizes* ws, const float* w,
                                            const Sizes* ys, const float* dy, const Convolution* g, int algorithm,
                                            void* workspace, size_t bytes, const float* beta, const Sizes* xs, float* dx) {
    if (!usable(g, algorithm, workspace, bytes, alpha, beta)) return BadParameter;
    Sizes sx = *xs, sw = *ws, sy = *ys;
    Convolution geometry = *g;
    return enqueue(handle, "cudnnConvolutionBackwardData", [=] {
        memset(workspace, 0, kWorkspace);
        memset(dx, 0, volume(sx) * sizeof(float));
        eachTerm(sx, sw, sy, geometry, [=](size_t i, size_t j, size_t k) { dx[i] += dy[k] * w[j]; });
    });
}
VENDOR_API int cudnnConvolutionBackwardFilter(Handle* handle, const float* alpha, const Sizes* xs, const float* x,
                                              const Sizes* ys, const float* dy, const Convolution* g, int algorithm,
                                              void* workspace, size_t bytes, const float* beta, const Sizes* ws, float* dw) {
    if (!usable(g, algorithm, workspace, bytes, alpha, beta)) return BadParameter;
    Sizes sx = *xs, sw = *ws, sy = *ys;
    Convolution geometry = *g;
    return enqueue(handle, "cudnnConvolutionBackwardFilter", [=] {
        memset(workspace, 0, kWorkspace);
        memset(dw, 0, volume(sw) * sizeof(float));
        eachTerm(sx, sw, sy, geometry, [=](size_t i, size_t j, size_t k) { dw[j] += x[i] * dy[k]; });
    });
}
