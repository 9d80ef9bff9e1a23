package dev.slipway.model.choice;

import dev.slipway.failure.Refused;
import dev.slipway.model.RelativePath;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Collects why a model may not be let in, so that all reasons are told at once. Not thread-safe.
 */
final class Problems {

  private static final int MAX_TOLD = 20;

  private final String source;
  private final Set<String> lines = new LinkedHashSet<>();
  private final Set<String> remedies = new LinkedHashSet<>();

  Problems(String source) {
    this.source = source;
  }

  /** Takes down what is wrong with a file, and what mends it. */
  void add(String path, String reason, String remedy) {
    lines.add(RelativePath.quoted(path) + ": " + reason);
    remedies.add(remedy);
  }

  /** Takes down what is wrong with the whole. */
  void add(String reason, String remedy) {
    lines.add(reason);
    remedies.add(remedy);
  }

  boolean any() {
    return !lines.isEmpty();
  }

  /**
   * Refuses the model if anything was taken down.
   *
   * @throws Refused naming every problem
   */
  void refuseIfAny() {
    if (!any()) {
      return;
    }
    int more = lines.size() - MAX_TOLD;
    throw new Refused(
        "model_refused",
        "Cannot use the model " + RelativePath.quoted(source),
        lines.stream().limit(MAX_TOLD).collect(Collectors.joining("\n"))
            + (more > 0 ? "\nand " + more + " more" : ""),
        String.join(" ", remedies));
  }
}
