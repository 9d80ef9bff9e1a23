package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The Hub's key to private and gated models. Shows itself nowhere. */
final class HubToken {

  private static final long MAX_BYTES = 1 << 12;

  private final String value;

  private HubToken(String value) {
    this.value = value;
  }

  /**
   * Finds the user's token where the Hub's own tools keep it: {@code HF_TOKEN}, else the file that
   * {@code HF_TOKEN_PATH} names, else {@code token} below {@code HF_HOME}; absent if none has one.
   *
   * @param folder what {@code HF_HOME} says, or stands for
   * @throws OperationFailed if there is one that can't be read, or be a token
   */
  static Optional<HubToken> find(Map<String, String> environment, Path folder) {
    String given = environment.getOrDefault("HF_TOKEN", "").strip();
    if (!given.isEmpty()) {
      return Optional.of(of(given, "HF_TOKEN"));
    }
    String path = environment.getOrDefault("HF_TOKEN_PATH", "").strip();
    Path file = path.isEmpty() ? folder.resolve("token") : HubSettings.path(environment, path);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw invalid(file.toString());
      }
      String kept = Files.readString(file, StandardCharsets.UTF_8).strip();
      return kept.isEmpty() ? Optional.empty() : Optional.of(of(kept, file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new OperationFailed(
          "hub_token_unreadable",
          "Cannot read the Hub's token in " + file,
          "the file system said: " + e.getClass().getSimpleName(),
          "Make it a text file that you may read, or set HF_TOKEN.",
          false,
          e);
    }
  }

  private static HubToken of(String value, String place) {
    // Anything else can't go into a header, and the error would tell it.
    if (!value.matches("[\\x21-\\x7e]+")) {
      throw invalid(place);
    }
    return new HubToken(value);
  }

  private static OperationFailed invalid(String place) {
    return new OperationFailed(
        "hub_token_invalid",
        "Cannot use the Hub's token from " + place,
        "it holds more than one line of plain characters",
        "Put the token there alone, as the Hub shows it (hf_...).");
  }

  /** Returns the header that carries it. */
  String authorization() {
    return "Bearer " + value;
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
