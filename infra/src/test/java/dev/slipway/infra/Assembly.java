package dev.slipway.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Templates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * The templates of all cases, synthesized once for all tests: a synthesis takes a third of a second
 * even in a Node that runs already.
 */
final class Assembly {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, Templates> MADE = new LinkedHashMap<>();

  private Assembly() {}

  /** Returns the templates of a case. */
  static synchronized Templates of(String name) {
    return MADE.computeIfAbsent(
        name, each -> synthesize(java.util.Objects.requireNonNull(Blueprints.all().get(each))));
  }

  /** Makes templates anew. */
  static Templates synthesize(Blueprint blueprint) {
    try {
      Path out = Files.createTempDirectory("assembly");
      var app =
          new App(
              AppProps.builder()
                  .outdir(out.toString())
                  .analyticsReporting(false)
                  .treeMetadata(false)
                  .build());
      Stacks.declare(app, blueprint);
      app.synth();
      var templates =
          new Templates(
              template(out, blueprint.names().storeStack()),
              blueprint.endpoint().isPresent()
                  ? Optional.of(template(out, blueprint.names().endpointStack()))
                  : Optional.empty(),
              blueprint.service().isPresent()
                  ? Optional.of(template(out, blueprint.names().serviceStack()))
                  : Optional.empty());
      try (var files = Files.list(out)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(out);
      return templates;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String template(Path out, String stack) throws IOException {
    return Files.readString(out.resolve(stack + ".template.json"));
  }

  static JsonNode endpoint(String name) {
    return read(of(name).endpoint().orElseThrow());
  }

  /** Returns the service's template of a case that has one. */
  static JsonNode service(String name) {
    return read(of(name).service().orElseThrow());
  }

  static JsonNode store() {
    return read(of("realtime").store());
  }

  /** Returns a resource's properties. */
  static JsonNode properties(JsonNode template, String logicalId) {
    return template.at("/Resources/" + logicalId + "/Properties");
  }

  static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
