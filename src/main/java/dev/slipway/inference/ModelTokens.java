package dev.slipway.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.Refused;
import dev.slipway.model.GgufHeader;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows the texts that steer a model when they stand in its prompt. */
public final class ModelTokens {

  private static final Logger LOG = LoggerFactory.getLogger(ModelTokens.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> SPECIAL_KEYS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "pad_token",
          "sep_token",
          "cls_token",
          "mask_token",
          "additional_special_tokens",
          "extra_special_tokens");

  private ModelTokens() {}

  /**
   * Returns the texts of a model's control tokens, such as {@code <|end|>}, from everything in the
   * snapshot that tells them; empty if nothing does. What can't be read is logged and left out.
   */
  public static Set<String> controlTokens(Snapshot model) {
    Set<String> texts = new TreeSet<>();
    model
        .gguf()
        .ifPresent(
            file -> {
              try {
                texts.addAll(SpecialTokens.controlTexts(GgufHeader.read(file)));
              } catch (Refused | IOException e) {
                LOG.warn("Cannot read control tokens of {}: {}", file.getFileName(), e.toString());
              }
            });
    document(model, "tokenizer.json").ifPresent(json -> added(json.path("added_tokens"), texts));
    for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      document(model, name)
          .ifPresent(
              json -> {
                added(json.path("added_tokens_decoder"), texts);
                SPECIAL_KEYS.forEach(key -> special(json.path(key), texts));
              });
    }
    texts.removeIf(String::isBlank);
    return Collections.unmodifiableSet(texts);
  }

  /** Takes tokens from a list, or an object by id, of {@code {"content", "special"}}. */
  private static void added(JsonNode tokens, Set<String> texts) {
    for (JsonNode token : tokens) {
      String text = token.path("content").asText();
      if (token.path("special").asBoolean() || SpecialTokens.steers(text)) {
        texts.add(text);
      }
    }
  }

  /** Takes a token that is a text, an object with its content, or several of these. */
  private static void special(JsonNode token, Set<String> texts) {
    if (token.isTextual()) {
      texts.add(token.textValue());
    } else if (token.path("content").isTextual()) {
      texts.add(token.path("content").textValue());
    } else {
      token.forEach(each -> special(each, texts));
    }
  }

  private static Optional<JsonNode> document(Snapshot model, String name) {
    Optional<Path> file = model.path(name);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readTree(Files.readAllBytes(file.get())));
    } catch (IOException e) {
      LOG.warn("Cannot read control tokens of {}: {}", name, e.getClass().getSimpleName());
      return Optional.empty();
    }
  }
}
