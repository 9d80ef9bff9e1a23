package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/manifest.md} to the description of the keys. */
class ManifestReferenceTest {
  private static final String BEGIN = "<!-- keys: begin -->\n";
  private static final String END = "<!-- keys: end -->";

  /** Returns the repository's root; tests run in {@code src}. */
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("templates")) ? here : here.resolve("..").normalize();
  }

  @Test
  void theTableOfKeysIsThatOfTheDescription() throws Exception {
    Path file = root().resolve("docs/manifest.md");
    String text = Files.readString(file);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    String table = table();
    if (System.getenv("SLIPWAY_REFRESH") != null) {
      Files.writeString(file, text.substring(0, from) + table + text.substring(to));
      return;
    }

    assertThat(text.substring(from, to))
        .as(
            "docs/manifest.md is out of date: SLIPWAY_REFRESH=1 ./mvnw -pl src test"
                + " -Dtest=ManifestReferenceTest writes it anew")
        .isEqualTo(table);
  }

  private static String table() {
    StringBuilder table = new StringBuilder();
    table.append("| key | must be | default | meaning | example |\n|---|---|---|---|---|\n");
    for (Type.Described described : ManifestKeys.shape().described()) {
      Key<?> key = described.key();
      table
          .append("| `%s` ".formatted(described.path()))
          .append("| %s ".formatted(cell(key.type().words())))
          .append(key.isRequired() ? "| required " : "| `%s` ".formatted(cell(key.written())))
          .append("| %s | `%s` |\n".formatted(cell(key.meaning()), cell(key.example())));
    }
    return table.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
