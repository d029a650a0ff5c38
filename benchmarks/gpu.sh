#!/usr/bin/env bash
# Tests and measures the CUDA backend on this machine's GPU and writes docs/performance-gpu.md:
#   1. the tests of the CUDA backend, which otherwise run on an emulator, on the GPU
#   2. equal bits from two processes, eager and replayed
#   3. NVIDIA's compute-sanitizer over every kernel, where it is installed
#   4. each kernel against its floor, and networks beside PyTorch, where python3 has torch and torchvision
# usage: benchmarks/gpu.sh [--networks resnet18,...] [--batches 1,8,64] [--kernels TEXT] [--vendor] [--out FILE]
# BACKLIGHT_GPU_STEPS chooses among the four: tests bits sanitizer times (default: all).
# On a machine without Maven: benchmarks/gpu.sh pack [FOLDER] writes here what it needs beside a Java 25 into FOLDER (default
# .gpu), and FOLDER/benchmarks/gpu.sh runs there all steps but the tests.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
steps=${BACKLIGHT_GPU_STEPS-tests bits sanitizer times}
say() { printf 'gpu: %s\n' "$*" >&2; }
die() { say "$@"; exit 2; }

build() {
    "$mvn" -q -B -ntp -Dquick -Dmaven.test.skip=true -pl benchmarks -am package dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$root/benchmarks/target/gpu" >&2
    rm -f "$root"/benchmarks/target/gpu/backlight-*.jar
    cp "$root"/{engine,kernels,models,attribution,benchmarks}/target/backlight-*-SNAPSHOT.jar "$root/benchmarks/target/gpu/"
}

if [ -d lib ] && [ ! -f pom.xml ]; then # packed
    mvn=''
    jars=$root/lib
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$java" >/dev/null || die "no java was found: install a JDK 25 and point JAVA_HOME at it"
else
    # shellcheck source=../.mvn/find-jdk.sh
    . .mvn/find-jdk.sh
    find_jdk 25 || die "no JDK 25 or newer was found: install one and point JAVA_HOME at it"
    export JAVA_HOME=$jdk
    java=$jdk/bin/java
    mvn=./mvnw
    if command -v mvn >/dev/null 2>&1; then mvn=mvn; fi
    jars=$root/benchmarks/target/gpu
    build
fi

if [ "${1-}" = pack ]; then
    folder=${2-.gpu}
    mkdir -p "$folder/lib" "$folder/benchmarks" "$folder/docs"
    cp "$jars"/*.jar "$folder/lib/"
    cp benchmarks/gpu.sh benchmarks/gpu_torch.py "$folder/benchmarks/"
    say "packed into $folder"
    exit 0
fi

gpu=("$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
    -Djava.awt.headless=true ${BACKLIGHT_JVM_OPTIONS-} -cp "$jars/*" dev.backlight.benchmarks.gpu.Gpu)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
networks=resnet18,resnet50,vgg16,densenet121 batches=1,8,64 kernels=
arguments=("$@") vendor=()
while [ $# -gt 0 ]; do
    case $1 in
        --networks | --batches | --kernels | --out)
            [[ $# -gt 1 && $2 != --* ]] || die "option $1 needs a value"
            case $1 in --networks) networks=$2 ;; --batches) batches=$2 ;; --kernels) kernels=$2 ;; esac
            shift ;;
        --vendor) vendor=(-Dbacklight.cuda.vendor.tested=require) ;;
        *) die "no option is called $1" ;;
    esac
    shift
done
has() { case " $steps " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# Asked first: without a GPU this ends here, with one sentence.
"${gpu[@]}" --check || exit $?

if has tests && [ -n "$mvn" ]; then
    say "tests on the GPU"
    # A test that is named runs in every execution of surefire that a phase has: this one only, once.
    "$mvn" -B -ntp -Dquick -pl tests -am test-compile surefire:test@cuda-emulator -Dtest='Cuda*Test' \
        -Dsurefire.failIfNoSpecifiedTests=false -Dbacklight.cuda.device=real "${vendor[@]}" >"$work/tests.log" 2>&1 \
        || { grep -E 'ERROR|FAIL' "$work/tests.log" | head -60 >&2 || true; die "the tests failed on this GPU"; }
    grep -h '^skipped: ' "$work/tests.log" | sort -u >&2 || true
    grep 'Tests run' "$work/tests.log" | tail -1 >&2 || die "no test was run"
fi
if has bits; then
    say "bits of two processes"
    "${gpu[@]}" --networks resnet18,densenet121 --fingerprints "$work/one"
    "${gpu[@]}" --networks resnet18,densenet121 --fingerprints "$work/two"
    diff "$work/one" "$work/two" >&2 || die "two runs gave different bits"
fi
if has sanitizer; then
    if command -v compute-sanitizer >/dev/null 2>&1; then
        for tool in memcheck racecheck synccheck initcheck; do
            say "compute-sanitizer: $tool"
            status=0
            compute-sanitizer --tool "$tool" --error-exitcode 3 --target-processes all "${gpu[@]}" --kernels-once --kernels "$kernels" >"$work/sanitizer.log" 2>&1 \
                || status=$?
            [ "$status" = 0 ] || { head -60 "$work/sanitizer.log" >&2; tail -5 "$work/sanitizer.log" >&2; }
            [ "$status" != 3 ] || die "compute-sanitizer ($tool) found faults"
            [ "$status" = 0 ] || die "compute-sanitizer ($tool) could not watch: status $status"
        done
    else
        say "compute-sanitizer is not installed: left out"
    fi
fi
if has times; then
    if python3 -c 'import torch, torchvision; assert torch.cuda.is_available()' 2>/dev/null; then
        say "PyTorch"
        python3 benchmarks/gpu_torch.py "$work/torch.csv" "$networks" "$batches" \
            || say "PyTorch failed: what it had measured until then is used"
    else
        say "PyTorch is left out: python3 has no torch and torchvision that see a GPU"
    fi
    "${gpu[@]}" --pytorch "$work/torch.csv" "${arguments[@]}"
fi
