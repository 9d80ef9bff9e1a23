package dev.slipway.local;

import dev.slipway.local.container.Main;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words how a container's process ended. */
final class ProcessEnd {
  private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x");

  private ProcessEnd() {}

  /**
   * Returns the words for an exit code, as {@code was killed (SIGKILL, exit code 137), ...}.
   *
   * @param lines the last ones of its log: a JVM that writes no core file ends with code 1 even
   *     after a crash of native code, but says so
   */
  static String words(int code, List<String> lines) {
    Optional<String> signal =
        lines.stream()
            .map(SIGNAL::matcher)
            .filter(Matcher::lookingAt)
            .map(matcher -> matcher.group(1))
            .findFirst();
    return signal.map(name -> "crashed in native code (" + name + ")").orElseGet(() -> words(code));
  }

  private static String words(int code) {
    return switch (code) {
      case 0 -> "ended by itself (exit code 0)";
      case Main.MODEL_FAILED -> "could not load the model";
      case Main.PORT_FAILED -> "could not listen on a port";
      case 3 -> "ran out of heap memory (exit code 3)"; // -XX:+ExitOnOutOfMemoryError
      case 132 -> "hit an instruction that this processor lacks (SIGILL, exit code 132)";
      case 134 -> "was aborted by its native code (SIGABRT, exit code 134)";
      case 135 -> "could not read its model file any more (SIGBUS, exit code 135)";
      case 136 -> "computed something impossible in native code (SIGFPE, exit code 136)";
      case 137 -> "was killed (SIGKILL, exit code 137), by hand or for want of memory";
      case 139 -> "crashed in native code (SIGSEGV, exit code 139)";
      case 143 -> "was told to end (SIGTERM, exit code 143)";
      default -> "ended with exit code " + code;
    };
  }

  /** Returns whether another try would end the same way. */
  static boolean hopeless(int code) {
    return code == Main.MODEL_FAILED || code == Main.USAGE || code == 132;
  }

  /** Returns the last of a log's lines that seems to say why, absent if none does. */
  static Optional<String> cause(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i).toLowerCase(Locale.ROOT);
      if (line.startsWith("# c  [")) {
        return Optional.of("crash in " + lines.get(i).substring(2).trim());
      }
      boolean telling =
          line.contains("error")
              || line.contains("failed")
              || line.contains("what():")
              || line.contains("assert")
              || line.contains("outofmemory");
      boolean ofTheJvm = line.startsWith("#"); // "# A fatal error has been detected by ..."
      if (telling && !ofTheJvm) {
        return Optional.of(lines.get(i).trim());
      }
    }
    return Optional.empty();
  }
}
