package dev.slipway.image;

import java.util.List;
import java.util.Optional;

/**
 * The native libraries for other systems and processors that jars bring along: two thirds of what
 * the service's jars weigh.
 *
 * @param folder below which a jar keeps them
 * @param own the folder in it that an image needs
 */
record ForeignNatives(String folder, String own) {
  private record Rule(String jar, String folder, String amd64, String arm64) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("onnxruntime-", "ai/onnxruntime/native/", "linux-x64/", "linux-aarch64/"),
          new Rule("tokenizers-", "native/lib/", "linux-x86_64/", "linux-aarch64/"),
          new Rule("sqlite-jdbc-", "org/sqlite/native/", "Linux/x86_64/", "Linux/aarch64/"),
          new Rule("llama-", "de/kherud/llama/", "Linux/x86_64/", "Linux/aarch64/"));

  /** Returns those of a jar; absent if it has none. */
  static Optional<ForeignNatives> of(String jar, Platform platform) {
    return RULES.stream()
        .filter(rule -> jar.startsWith(rule.jar()))
        .findFirst()
        .map(
            rule ->
                new ForeignNatives(
                    rule.folder(),
                    switch (platform) {
                      case AMD64 -> rule.amd64();
                      case ARM64 -> rule.arm64();
                    }));
  }

  /** Returns whether an entry of the jar is a library for another platform. */
  boolean has(String entry) {
    if (!entry.startsWith(folder)) {
      return false;
    }
    String below = entry.substring(folder.length());
    // Classes and properties lie there too.
    boolean library =
        below.indexOf('/') > 0 && !below.endsWith(".class") && !below.endsWith(".properties");
    return library && !below.startsWith(own);
  }
}
