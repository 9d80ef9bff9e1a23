package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.ManifestInvalid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads manifests in tests. */
final class Read {
  /** The least that a manifest holds. */
  static final String LEAST = "name: chat\nmodel: {source: \"hf://org/name\"}\n";

  private Read() {}

  static Manifest manifest(String text) {
    return manifest(text, Optional.empty(), Map.of());
  }

  static Manifest manifest(
      String text, Optional<String> environment, Map<String, String> variables) {
    return new ManifestReader()
        .read(
            text,
            "slipway.yaml",
            Path.of("/home/me/chat"),
            environment,
            name -> Optional.ofNullable(variables.get(name)));
  }

  /** Returns the problems of a text, as messages show them; none if it is valid. */
  static List<String> problems(String text) {
    return problems(text, Optional.empty(), Map.of());
  }

  static List<String> problems(
      String text, Optional<String> environment, Map<String, String> variables) {
    ManifestInvalid invalid =
        catchThrowableOfType(ManifestInvalid.class, () -> manifest(text, environment, variables));
    return invalid == null
        ? List.of()
        : invalid.problems().stream().map(ManifestInvalid.Problem::toString).toList();
  }

  /** Returns the problems of a few lines after {@link #LEAST}, which begin on line 3. */
  static List<String> problemsWith(String lines) {
    return problems(LEAST + lines);
  }

  /** Returns contract.md's sample. */
  static String everyKey() {
    try (InputStream in = Read.class.getResourceAsStream("/manifest/every-key.yaml")) {
      if (in == null) {
        throw new IllegalStateException("no sample");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
