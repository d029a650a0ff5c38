#!/usr/bin/env bash
# Builds the emulator with g++:
#   build.sh driver FOLDER JCUDA_NATIVE      FOLDER/libcuda.so.1; JCUDA_NATIVE is libJCudaDriver-*.so out of the jcuda-natives jar
#   build.sh module FOLDER OUT.so KERNELS.cu [FLAG...]    emulated kernels that FOLDER/libcuda.so.1 runs
#   build.sh vendor FOLDER OUT cublas|cudnn VERSION [JCUDA_NATIVE]    OUT/libcublas.so.VERSION, with every function that JCUDA_NATIVE wants
#   build.sh replay address|thread OUT                    a program that repeats recorded launches under a sanitizer
#   build.sh sanitized address|thread OUT.so KERNELS.cu [FLAG...]    emulated kernels for it
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cxx=${CXX:-g++}
common=(-std=c++20 -O2 -g1 -fPIC -Wall -Wextra -Werror)
# As nvcc compiles them: without contraction. Kernels look at the same memory through several types, and the pragmas that g++
# does not know unroll loops.
kernels=(-std=c++20 -O2 -g1 -march=native -fPIC -fvisibility=hidden -fno-gnu-unique -ffp-contract=off -fno-strict-aliasing
    -Wno-unknown-pragmas -Wno-attributes -I"$here/device" -x c++)

# The names of the kernels, read after the preprocessor: macros may have made them.
kernel_names() { # KERNELS.cu
    "$cxx" -E -P "${kernels[@]}" -D__global__=EMU_GLOBAL "$1" 2>/dev/null | tr '\n' ' ' \
        | grep -oE 'EMU_GLOBAL +void +[A-Za-z_0-9]+ *\(' | sed -E 's/EMU_GLOBAL +void +([A-Za-z_0-9]+) *\(/\1/' | sort -u
}

# The kernels, and the table of their signatures.
module_source() { # KERNELS.cu
    echo "#include \"$(realpath "$1")\""
    echo '#include "kernel_table.h"'
    echo "EMU_MODULE($(kernel_names "$1" | sed 's/.*/EMU_KERNEL(&)/' | tr '\n' ' '))"
}

# A function that JCuda wants and nobody has would end the JVM at its first call: such functions say so and answer STATUS.
unsupported() { # JCUDA_NATIVE STATUS OBJECT...
    comm -23 <(nm -D --undefined-only "$1" | awk '$2 ~ /^cu([A-Z]|blas|dnn)/ {sub(/@.*/, "", $2); print $2}' | sort -u) \
             <(nm "${@:3}" | awk '$2 == "T" {print $3}' | sort -u) | awk -v status="$2" '
        BEGIN { print "#include <cstdio>" }
        { printf "extern \"C\" __attribute__((visibility(\"default\"))) int %s() { fputs(\"[cuda-emu] %s is not emulated\\n\", stderr); return %d; }\n", $1, $1, status }
        '
}

build_driver() { # FOLDER JCUDA_NATIVE
    mkdir -p "$1/objects"
    local objects=() source
    for source in "$here"/runtime/*.cpp "$here"/driver/*.cpp; do
        local object="$1/objects/$(basename "$source" .cpp).o"
        objects+=("$object")
        "$cxx" "${common[@]}" -c "$source" -o "$object" &
        [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
    done
    wait
    unsupported "$2" 801 "${objects[@]}" >"$1/objects/unsupported.cpp"
    "$cxx" -shared -fPIC -Wl,-soname,libcuda.so.1 -Wl,-z,now "${objects[@]}" "$1/objects/unsupported.cpp" \
        -o "$1/libcuda.so.1.tmp" -ldl -lpthread
    mv "$1/libcuda.so.1.tmp" "$1/libcuda.so.1"
}

build_module() { # FOLDER OUT.so KERNELS.cu [FLAG...]
    local source
    source=$(mktemp --suffix=.cpp)
    module_source "$3" >"$source"
    "$cxx" "${kernels[@]}" "${@:4}" -shared "$source" -x none "$1/libcuda.so.1" -o "$2.tmp"
    rm "$source"
    mv "$2.tmp" "$2"
}

# Symbols carry the library's name as their version, as NVIDIA's do: JCuda's native halves ask for them so.
build_vendor() { # FOLDER OUT cublas|cudnn VERSION [JCUDA_NATIVE]
    local name="lib$3.so.$4" parts="$2/$3.$4"
    mkdir -p "$2"
    "$cxx" "${common[@]}" -DVERSION="$4" -c "$here/vendor/$3.cpp" -o "$parts.o"
    : >"$parts.missing.cpp"
    [ -z "${5:-}" ] || unsupported "$5" 15 "$parts.o" >"$parts.missing.cpp"
    echo "$name { global: $3*; local: *; };" >"$parts.map"
    "$cxx" -shared -fPIC "$parts.o" "$parts.missing.cpp" "$1/libcuda.so.1" -Wl,-soname,"$name" \
        -Wl,--version-script="$parts.map" -o "$2/$name.tmp"
    mv "$2/$name.tmp" "$2/$name"
}

# The runtime is compiled without the sanitizer: its threads take turns in ways that no sanitizer follows. It is linked with it.
build_replay() { # address|thread OUT
    local source object objects=()
    mkdir -p "$2.objects"
    for source in "$here"/runtime/*.cpp "$here"/replay/*.cpp; do
        object="$2.objects/$(basename "$source" .cpp).o"
        objects+=("$object")
        "$cxx" "${common[@]}" -DEMU_"${1^^}"_SANITIZER=1 -c "$source" -o "$object"
    done
    "$cxx" -fsanitize="$1" -fsanitize=alignment -rdynamic "${objects[@]}" -o "$2.tmp" -ldl -lpthread
    mv "$2.tmp" "$2"
}

build_sanitized() { # address|thread OUT.so KERNELS.cu [FLAG...]
    local source checks=(-fsanitize="$1")
    source=$(mktemp --suffix=.cpp)
    module_source "$3" >"$source"
    [ "$1" != address ] || checks+=(-fsanitize=alignment -fno-sanitize-recover=alignment)
    "$cxx" "${kernels[@]}" -O1 "${checks[@]}" "${@:4}" -shared "$source" -o "$2.tmp"
    rm "$source"
    mv "$2.tmp" "$2"
}

case ${1:-} in
    driver) build_driver "${@:2}" ;;
    module) build_module "${@:2}" ;;
    vendor) build_vendor "${@:2}" ;;
    replay) build_replay "${@:2}" ;;
    sanitized) build_sanitized "${@:2}" ;;
    names) kernel_names "${@:2}" ;;
    *) sed -n '2,7s/^# //p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
