package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiDocumentTest {
  private final RunningApi api =
      new RunningApi(RunningApi.WIDE, Optional.of(new ApiKeys(Set.of(ApiKeys.hash("k")))));
  private final JsonNode document = api.document();

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void namesEveryRouteOfTheContract() {
    assertThat(document.get("openapi").textValue()).isEqualTo("3.1.0");
    assertThat(document.get("paths").fieldNames())
        .toIterable()
        .contains(
            "/rag",
            "/v1/chat/completions",
            "/v1/models",
            "/v1/models/{id}",
            "/health/live",
            "/health/ready",
            "/metrics",
            "/openapi.json",
            "/docs",
            "/traces",
            "/traces/{id}",
            "/");
  }

  @Test
  void aReaderFindsTheQuestionsBeforeThePartsOfThePages() {
    List<String> groups = document.get("tags").findValuesAsText("name");

    assertThat(groups).startsWith("Questions").endsWith("Pages");
    assertThat(document.at("/paths/~1rag/post/tags/0").textValue()).isEqualTo("Questions");
    assertThat(document.at("/paths/~1pages~1style.css/get/tags/0").textValue()).isEqualTo("Pages");
    for (JsonNode path : document.get("paths")) {
      for (JsonNode operation : path) {
        assertThat(groups).contains(operation.at("/tags/0").textValue());
      }
    }
  }

  @Test
  void everyDocumentedRouteIsThere() {
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        int status =
            api.send(
                    operation.getKey().toUpperCase(java.util.Locale.ROOT),
                    path.getKey().replaceAll("\\{[^}]+}", "x"),
                    null,
                    Map.of("Authorization", "Bearer k"))
                .statusCode();
        assertThat(operation.getValue().get("responses").has("" + status))
            .as("%s %s -> %d", operation.getKey(), path.getKey(), status)
            .isTrue();
        assertThat(status).isNotEqualTo(405);
      }
    }
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryOperationHasItsOwnName() {
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).isNotEmpty();
    for (JsonNode reference : references) {
      assertThat(document.at(reference.textValue().substring(1)).isMissingNode())
          .as(reference.textValue())
          .isFalse();
    }
    List<String> names = document.get("paths").findValuesAsText("operationId");
    assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    Set<String> used = new HashSet<>();
    references.forEach(r -> used.add(r.textValue().replaceAll(".*/", "")));
    assertThat(document.at("/components/schemas").fieldNames()).toIterable().isSubsetOf(used);
  }

  @Test
  void everySchemaIsOneOf202012() {
    JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    var meta =
        factory.getSchema(
            com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    for (Map.Entry<String, JsonNode> schema : document.at("/components/schemas").properties()) {
      assertThat(meta.validate(schema.getValue().toString(), InputFormat.JSON))
          .as(schema.getKey())
          .isEmpty();
    }
  }

  @Test
  void everyOperationTellsItsErrorsAndItsKey() {
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (JsonNode operation : path.getValue()) {
        JsonNode responses = operation.get("responses");
        assertThat(operation.get("summary").textValue()).isNotBlank();
        for (JsonNode response : responses) {
          assertThat(response.get("description").textValue()).isNotBlank();
        }
        if (operation.has("security")) {
          assertThat(responses.has("401")).isTrue();
        }
        if (operation.has("requestBody")) {
          assertThat(responses.fieldNames()).toIterable().contains("413", "415", "429");
        }
        if (responses.at("/200/content").has("text/event-stream")) {
          assertThat(responses.fieldNames())
              .toIterable()
              .contains("400", "500", "502", "503", "504");
        }
      }
    }
    assertThat(document.at("/paths/~1rag/post/responses").has("422")).isTrue();
    assertThat(document.at("/paths/~1v1~1chat~1completions/post/responses").has("422")).isFalse();
    assertThat(document.at("/paths/~1health~1live/get").has("security")).isFalse();
    assertThat(document.at("/paths/~1rag/post").has("security")).isTrue();
  }

  @Test
  void namesAreInSnakeCase() {
    for (JsonNode schema : document.at("/components/schemas")) {
      for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
        assertThat(property.getKey()).matches("[a-z][a-z0-9_]*");
      }
    }
  }

  @Test
  void examplesFitTheirSchemas() {
    JsonNode request = document.at("/components/schemas/RagRequest");
    assertThat(request.at("/properties/query/examples")).isNotEmpty();
    api.assertFits(
        RunningApi.json("{\"$ref\":\"#/components/schemas/RagRequest\"}"),
        "{\"query\":" + request.at("/properties/query/examples/0") + ",\"k\":null}");
  }
}
