package dev.slipway.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the CDK was told with {@code -c KEY=VALUE}. It is read from where the CDK puts it instead of
 * from its app, since that starts a Node, and most mistakes can be told without one.
 */
record Context(Map<String, String> values) {
  private static final String VARIABLE = "CDK_CONTEXT_JSON";

  /** Names a file with the part that is too long for a variable. */
  private static final String OVERFLOW = "CONTEXT_OVERFLOW_LOCATION";

  Context {
    values = Map.copyOf(values);
  }

  static Context of(Map<String, String> environment) {
    var json = new JsonMapper();
    var values = new HashMap<String, String>();
    try {
      String overflow = environment.getOrDefault(OVERFLOW, "");
      if (!overflow.isEmpty()) {
        take(json.readTree(Path.of(overflow).toFile()), values);
      }
      take(json.readTree(environment.getOrDefault(VARIABLE, "{}")), values);
    } catch (IOException e) {
      throw new OperationFailed(
          "context_unreadable",
          "Cannot read the CDK's context",
          String.valueOf(e.getMessage()),
          "Start this through `npx cdk synth`, or unset " + VARIABLE + ".",
          false,
          e);
    }
    return new Context(values);
  }

  private static void take(JsonNode all, Map<String, String> values) {
    all.properties()
        .forEach(
            each -> {
              if (each.getValue().isValueNode() && !each.getValue().isNull()) {
                values.put(each.getKey(), each.getValue().asText());
              }
            });
  }

  Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }
}
