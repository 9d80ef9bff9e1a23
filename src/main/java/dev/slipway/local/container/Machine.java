package dev.slipway.local.container;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Says what this machine has, as far as a native engine minds.
 *
 * @param system {@code linux}, {@code mac}, {@code windows} or what the JVM calls it
 * @param architecture {@code x86_64}, {@code aarch64} or what the JVM calls it
 * @param musl whether the C library is musl, as on Alpine
 * @param processorFlags as /proc/cpuinfo names them; empty where they can't be known
 * @param availableBytes memory that a new process can have, within the limits of its control groups
 */
record Machine(
    String system,
    String architecture,
    boolean musl,
    Set<String> processorFlags,
    OptionalLong availableBytes) {

  /** Copies the flags. */
  Machine {
    processorFlags = Set.copyOf(processorFlags);
  }

  /** Looks at this machine. */
  static Machine here() {
    return at(Path.of("/"), System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /** Looks at the machine whose files lie under a root, for the JVM's own names of the system. */
  static Machine at(Path root, String osName, String osArch) {
    String system = system(osName.toLowerCase(Locale.ROOT));
    boolean linux = system.equals("linux");
    return new Machine(
        system,
        osArch.equals("amd64") ? "x86_64" : osArch,
        linux && hasMusl(root.resolve("lib")),
        linux ? flags(root.resolve("proc/cpuinfo")) : Set.of(),
        linux ? MemoryLimits.available(root) : total());
  }

  private static String system(String name) {
    if (name.startsWith("mac")) {
      return "mac";
    }
    return name.startsWith("windows") ? "windows" : name;
  }

  private static boolean hasMusl(Path lib) {
    // glibc systems may have musl installed beside it: then there is a glibc loader too.
    try (var musl = Files.newDirectoryStream(lib, "ld-musl-*")) {
      return musl.iterator().hasNext()
          && !Files.exists(lib.resolve("x86_64-linux-gnu"))
          && !Files.exists(lib.resolve("aarch64-linux-gnu"))
          && !Files.exists(lib.resolveSibling("lib64/ld-linux-x86-64.so.2"));
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<String> flags(Path cpuinfo) {
    try {
      List<String> lines = Files.readAllLines(cpuinfo);
      return lines.stream()
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> words(line.substring(line.indexOf(':') + 1)))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of(); // not knowing is no reason to refuse
    }
  }

  private static Set<String> words(String text) {
    return Set.copyOf(List.of(text.trim().split("\\s+", -1)));
  }

  // What is free says little where the system keeps files in memory: the whole is the bound there.
  private static OptionalLong total() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? OptionalLong.of(bean.getTotalMemorySize())
        : OptionalLong.empty();
  }
}
