# Sourced by ./mvnw and ./slipway. find_jdk25 prints the home of a JDK 25, or says what was found instead and how to get one.

# The major version of the JDK in $1, or nothing. Reads its "release" file: starting java takes longer.
jdk_major() {
  [ -x "$1/bin/java" ] || return 0
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  printf '%s' "$version"
}

find_jdk25() {
  if [ -n "${SLIPWAY_JAVA_HOME:-}" ]; then
    major=$(jdk_major "$SLIPWAY_JAVA_HOME")
    if [ "$major" = 25 ] && [ -x "$SLIPWAY_JAVA_HOME/bin/javac" ]; then printf '%s\n' "$SLIPWAY_JAVA_HOME"; return 0; fi
    found="there is no JDK there"
    [ -z "$major" ] || found="there is Java $major there"
    [ "$major" != 25 ] || found="there is a Java 25 without javac there"
    cat >&2 <<TEXT
Cannot use SLIPWAY_JAVA_HOME=$SLIPWAY_JAVA_HOME: Slipway needs a JDK 25 (with javac), and $found.
Point it at a JDK 25, or unset it to let Slipway look for one.
TEXT
    return 1
  fi
  seen=
  user=${HOME:-/nonexistent} # a service may have no HOME
  on_path=$(command -v java 2>/dev/null || true)
  [ -n "$on_path" ] && on_path=$(readlink -f "$on_path" 2>/dev/null || printf '%s' "$on_path")
  on_path=${on_path%/bin/java}
  for home in "${JAVA_HOME:-}" "$on_path" \
      /usr/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* \
      "$user"/.sdkman/candidates/java/* "$user"/.jdks/* "$user"/.asdf/installs/java/* "$user"/.local/share/mise/installs/java/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home "$user"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$home" ] || continue
    major=$(jdk_major "$home")
    if [ "$major" = 25 ] && [ -x "$home/bin/javac" ]; then printf '%s\n' "$home"; return 0; fi
    [ -n "$major" ] && seen="$seen
  Java $major in $home"
  done
  cat >&2 <<TEXT
Cannot start Slipway: it needs a JDK 25, and none was found.
Found:${seen:- no JDK at all}
Install one and try again, or set SLIPWAY_JAVA_HOME to where it is:
  Debian, Ubuntu   apt-get install openjdk-25-jdk   (or temurin-25-jdk from the Adoptium repository)
  Fedora           dnf install java-25-openjdk-devel
  macOS            brew install openjdk@25
  anywhere         sdk install java 25-tem          (SDKMAN!)
TEXT
  return 1
}
