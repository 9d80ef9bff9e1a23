package dev.slipway.model.choice;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a {@code config.json} of the transformers library says, under the names that its model
 * classes have used over time; a model of several parts says it of its text under {@code
 * text_config}.
 *
 * @param config absent where there is no such file: then everything is
 */
record ConfigFacts(Optional<JsonNode> config) {

  private static final List<String> CONTEXT_LENGTH =
      List.of(
          "max_position_embeddings",
          "n_positions",
          "n_ctx",
          "max_sequence_length",
          "max_seq_len",
          "seq_length");

  Optional<String> architecture() {
    return config
        .map(json -> json.path("architectures").path(0))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .or(() -> text("model_type"));
  }

  Optional<String> dtype() {
    return text("torch_dtype").or(() -> text("dtype"));
  }

  OptionalInt contextLength() {
    return CONTEXT_LENGTH.stream()
        .flatMap(key -> value(key).stream())
        .filter(value -> value.isInt() && value.intValue() > 0)
        .mapToInt(JsonNode::intValue)
        .findFirst();
  }

  boolean quantized() {
    return value("quantization_config").isPresent();
  }

  private Optional<String> text(String key) {
    return value(key)
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(t -> !t.isBlank());
  }

  private Optional<JsonNode> value(String key) {
    return config
        .map(json -> json.path(key))
        .filter(value -> !value.isMissingNode() && !value.isNull())
        .or(
            () ->
                config
                    .map(json -> json.path("text_config").path(key))
                    .filter(value -> !value.isMissingNode() && !value.isNull()));
  }
}
