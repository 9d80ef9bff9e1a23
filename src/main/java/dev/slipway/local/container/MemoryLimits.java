package dev.slipway.local.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads how much memory Linux can still give: the machine's, within every control group above. */
final class MemoryLimits {
  private MemoryLimits() {}

  /** Returns the bytes, absent if nothing under the root says it. */
  static OptionalLong available(Path root) {
    OptionalLong machine = keyed(root.resolve("proc/meminfo"), "MemAvailable:", 1_024);
    long least = machine.orElse(Long.MAX_VALUE);
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        Path mount = root.resolve("sys/fs/cgroup");
        least = Math.min(least, tightest(mount, parts[2], "memory.max", "memory.current"));
      } else if (parts.length == 3 && List.of(parts[1].split(",", -1)).contains("memory")) {
        Path mount = root.resolve("sys/fs/cgroup/memory");
        least =
            Math.min(
                least, tightest(mount, parts[2], "memory.limit_in_bytes", "memory.usage_in_bytes"));
      }
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /** Returns the least that a group or one above it leaves, in bytes. */
  private static long tightest(Path mount, String group, String limitFile, String usageFile) {
    long least = Long.MAX_VALUE;
    Path folder = mount.resolve(group.substring(group.startsWith("/") ? 1 : 0)).normalize();
    while (folder.startsWith(mount)) {
      OptionalLong limit = number(folder.resolve(limitFile));
      OptionalLong usage = number(folder.resolve(usageFile));
      if (limit.isPresent() && usage.isPresent()) {
        // Cached files count as used, and give way.
        Path statistics = folder.resolve("memory.stat");
        long cached = keyed(statistics, "inactive_file", 1).orElse(0);
        least = Math.min(least, Math.max(0, limit.getAsLong() - usage.getAsLong() + cached));
      }
      if (folder.equals(mount)) {
        break;
      }
      folder = Optional.ofNullable(folder.getParent()).orElse(mount);
    }
    return least;
  }

  private static OptionalLong number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? OptionalLong.empty() : parse(lines.getFirst()); // "max": no limit
  }

  private static OptionalLong keyed(Path file, String key, long unit) {
    for (String line : lines(file)) {
      String[] words = line.trim().split("\\s+", -1);
      if (words.length >= 2 && words[0].equals(key)) {
        OptionalLong value = parse(words[1]);
        return value.isPresent() ? OptionalLong.of(value.getAsLong() * unit) : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text.trim()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
