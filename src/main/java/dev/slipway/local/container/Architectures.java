package dev.slipway.local.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Lists the architectures that the engine knows, from {@code architectures.txt}, which says where
 * they are from.
 *
 * @param makes what each makes, by its name in {@code general.architecture}: {@code text}, or what
 *     an endpoint of this kind can't answer with
 */
record Architectures(Map<String, String> makes) {

  /** Reads the list. */
  static Architectures known() {
    try (InputStream in = Architectures.class.getResourceAsStream("architectures.txt")) {
      if (in == null) {
        throw new IllegalStateException("architectures.txt is missing from this build");
      }
      Map<String, String> makes = new LinkedHashMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(line -> makes.put(line.substring(0, line.indexOf(' ')), line.split(" ", 2)[1]));
      return new Architectures(makes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what an architecture makes, absent if the engine doesn't know it. */
  Optional<String> makes(String name) {
    return Optional.ofNullable(makes.get(name));
  }
}
