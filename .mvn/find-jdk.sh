# Sourced by the launcher and by .ci/run. find_jdk VERSION sets jdk to a JDK of at least that version, or returns 1.

_jdk_version() { # FOLDER: prints the feature version of the JDK there, from its release file, without starting it
    [ -x "$1/bin/javac" ] && [ -f "$1/release" ] &&
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
    local wanted=$1 candidate version on_path=''
    if command -v javac >/dev/null 2>&1; then
        on_path=$(command -v javac)
        while [ -L "$on_path" ]; do
            case $(readlink "$on_path") in
                /*) on_path=$(readlink "$on_path") ;;
                *) on_path=$(dirname "$on_path")/$(readlink "$on_path") ;;
            esac
        done
        on_path=$(dirname "$(dirname "$on_path")")
    fi
    local macos=''
    if [ -x /usr/libexec/java_home ]; then macos=$(/usr/libexec/java_home -v "$wanted+" 2>/dev/null || true); fi
    for candidate in "${JAVA_HOME-}" "$on_path" "$macos" /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* /opt/*jdk* \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.gradle/jdks/*; do
        [ -n "$candidate" ] || continue
        version=$(_jdk_version "$candidate") || continue
        if [ "${version:-0}" -ge "$wanted" ]; then
            jdk=$candidate
            return 0
        fi
    done
    return 1
}
