#!/usr/bin/env bash
# Compiles src/main/cuda/*.cu, or only the families named, to the PTX that is checked in, each with a stamp of its sources.
# usage: kernels/ptx.sh [FAMILY...]      needs CUDA's nvcc, in PATH or named by NVCC
# With OUT=DIR the results go there instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/src/main/cuda"
nvcc=${NVCC:-nvcc}
out=${OUT:-../resources/dev/backlight/kernels/cuda}
# The oldest architecture that the kernels are for (Ampere: cp.async and TF32), and the oldest PTX version that has it.
# nvcc names its own version, which only drivers of its age read; nothing in these kernels is newer than this one.
# Without contraction: multiply-adds are written fma(), so that chains give the bits of their links (see common.cuh).
architecture=compute_80
version=7.0

command -v "$nvcc" >/dev/null || { echo "ptx.sh: no nvcc was found; install NVIDIA's CUDA toolkit or set NVCC" >&2; exit 1; }
mkdir -p "$out"
[ $# -gt 0 ] || set -- *.cu
for source; do
    family=${source%.cu}
    "$nvcc" -std=c++20 -fmad=false -ptx -arch=$architecture -o "$out/$family.new" "$family.cu"
    # A pragma of later versions, which only tells checking tools what parts of parameters are used, is left out.
    sed "s/^\.version .*/.version $version/; /\.pragma \"used_bytes_mask/d" "$out/$family.new" >"$out/$family.ptx"
    rm "$out/$family.new"
    # The source and every header of ours that it includes, in the order of their names.
    files=$("$nvcc" -std=c++20 -arch=$architecture -MM "$family.cu" | tr -d '\\' | tr ' ' '\n' | grep -E '\.cuh?$' | LC_ALL=C sort -u)
    # shellcheck disable=SC2086 # names without blanks, one each
    sha256sum $files | sed 's, \./, ,' >"$out/$family.sha256"
    echo "$family.ptx: $(grep -c '\.entry' "$out/$family.ptx") kernels"
done
