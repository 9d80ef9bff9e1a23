package dev.slipway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.api.Route.Success;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the OpenAPI 3.1 document of the routes. Used once, on one thread. */
final class OpenApiDocument {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** What belongs together for a reader, in this order; the last takes all that is left. */
  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "Questions", "Ask, and fetch what was asked for later.", "/rag", "/jobs/", "/v1/"),
          new Group("Traces", "What was asked and answered, and what it was worth.", "/traces"),
          new Group("Health", "How the service is, and what it counts.", "/health/", "/metrics"),
          new Group("Pages", "What a browser shows, and this document.", "/"));

  private record Group(String title, String description, List<String> paths) {
    Group(String title, String description, String... paths) {
      this(title, description, List.of(paths));
    }

    static Group of(String path) {
      return GROUPS.stream()
          .filter(group -> group.paths.stream().anyMatch(path::startsWith))
          .findFirst()
          .orElseThrow();
    }
  }

  private final Json json;
  private final boolean keys;
  private final RecordSchemas schemas;

  OpenApiDocument(Json json, boolean keys) {
    this.json = json;
    this.keys = keys;
    this.schemas = new RecordSchemas(json);
  }

  /** Returns the whole document. */
  ObjectNode of(String title, String version, List<Route<?>> routes) {
    ObjectNode document = NODES.objectNode();
    document.put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", title)
        .put("version", version)
        .put(
            "description",
            "Questions answered by a fine-tuned model, with and without retrieval."
                + " `/v1` speaks OpenAI's protocol.");
    // Relative, so that the document is right behind a proxy's prefix too.
    document.putArray("servers").addObject().put("url", ".");
    ArrayNode groups = document.putArray("tags");
    for (Group group : GROUPS) {
      groups.addObject().put("name", group.title).put("description", group.description);
    }
    ObjectNode paths = document.putObject("paths");
    for (Route<?> route : routes) {
      ObjectNode path =
          paths.get(route.path()) instanceof ObjectNode there
              ? there
              : paths.putObject(route.path());
      path.set(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas.all());
    if (keys) {
      components
          .putObject("securitySchemes")
          .putObject("key")
          .put("type", "http")
          .put("scheme", "bearer");
    }
    return document;
  }

  private ObjectNode operation(Route<?> route) {
    ObjectNode operation = NODES.objectNode();
    operation.put("operationId", route.name()).put("summary", route.summary());
    operation.putArray("tags").add(Group.of(route.path()).title);
    Shape.Struct request = json.shape(route.request());
    ArrayNode parameters = NODES.arrayNode();
    for (Shape.Member member : request.members()) {
      if (member.rules().in() != Field.Place.BODY) {
        parameters.add(parameter(member));
      }
    }
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    if (route.bodies()) {
      ObjectNode body = operation.putObject("requestBody").put("required", true);
      body.putObject("content")
          .putObject("application/json")
          .set("schema", schemas.reference(route.request(), RecordSchemas.Direction.REQUEST));
    }
    ObjectNode responses = operation.putObject("responses");
    for (Success success : route.answers()) {
      success(responses, success);
    }
    for (int status : route.everyFailure(keys)) {
      failure(responses, route, status);
    }
    if (keys && route.access() != Route.Access.OPEN) {
      operation.putArray("security").addObject().putArray("key");
    }
    return operation;
  }

  private ObjectNode parameter(Shape.Member member) {
    ObjectNode parameter = NODES.objectNode();
    boolean path = member.rules().in() == Field.Place.PATH;
    parameter
        .put("name", member.name())
        .put("in", path ? "path" : "query")
        .put("required", !(member.shape() instanceof Shape.Maybe))
        .put("description", member.rules().value());
    Shape inner = member.shape() instanceof Shape.Maybe maybe ? maybe.shape() : member.shape();
    parameter.set("schema", schemas.schema(inner, member.rules(), RecordSchemas.Direction.REQUEST));
    return parameter;
  }

  private void success(ObjectNode responses, Success success) {
    String status = Integer.toString(success.status());
    ObjectNode response =
        responses.get(status) instanceof ObjectNode there ? there : responses.putObject(status);
    ObjectNode content =
        response.get("content") instanceof ObjectNode there ? there : response.putObject("content");
    switch (success) {
      case Success.Document document -> {
        describe(response, document.description());
        content
            .putObject("application/json")
            .set("schema", schemas.reference(document.type(), RecordSchemas.Direction.RESPONSE));
      }
      case Success.Media media -> {
        describe(response, media.description());
        if (media.contentType().isEmpty()) {
          response.remove("content");
        } else {
          String type = media.contentType().equals("application/json") ? "object" : "string";
          content.putObject(media.contentType()).putObject("schema").put("type", type);
        }
      }
      case Success.Stream stream -> {
        describe(response, stream.description());
        ObjectNode type = content.putObject("text/event-stream");
        type.putObject("schema").put("type", "string");
        ObjectNode events = type.putObject("x-events");
        stream
            .events()
            .forEach(
                (name, data) ->
                    events.set(
                        name.isEmpty() ? "message" : name,
                        schemas.reference(data, RecordSchemas.Direction.RESPONSE)));
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-request-id", "The request's name in logs and traces.");
    if (success.status() == 202) {
      headers.put("Location", "Where the answer will be.");
      headers.put("Retry-After", "Seconds to wait before looking there.");
    }
    headers(response, headers);
  }

  private static void describe(ObjectNode response, String text) {
    String before = response.path("description").asText("");
    response.put("description", before.isEmpty() ? text : before + " " + text);
  }

  private void failure(ObjectNode responses, Route<?> route, int status) {
    String key = Integer.toString(status);
    if (responses.has(key)) {
      // A readiness of 503 has a body of its own.
      return;
    }
    ObjectNode response = responses.putObject(key).put("description", meaning(status));
    response
        .putObject("content")
        .putObject("application/json")
        .set(
            "schema",
            schemas.reference(route.errors().type(status, true), RecordSchemas.Direction.RESPONSE));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-request-id", "The request's name in logs and traces.");
    if (status == 429 || status == 503) {
      headers.put("Retry-After", "Seconds to wait before another try.");
    }
    if (status == 401) {
      headers.put("WWW-Authenticate", "How to authenticate.");
    }
    headers(response, headers);
  }

  private static void headers(ObjectNode response, Map<String, String> headers) {
    ObjectNode node = response.putObject("headers");
    headers.forEach(
        (name, description) -> {
          ObjectNode header = node.putObject(name).put("description", description);
          header.putObject("schema").put("type", "string");
        });
  }

  private static String meaning(int status) {
    return switch (status) {
      case 400 -> "The request is not one that can be answered.";
      case 401 -> "An API key is needed, or the one given is not valid.";
      case 403 -> "The caller may not do this, or a check refuses what is asked or answered.";
      case 404 -> "There is nothing of that name.";
      case 413 -> "The body is over the limit.";
      case 415 -> "The body is not JSON in UTF-8.";
      case 421 -> "Without keys, only requests to localhost are answered.";
      case 422 -> "The request's fields are not as described.";
      case 429 -> "The caller's allowance is used up.";
      case 500 -> "Something failed here; the log has the request's id.";
      case 502 -> "The endpoint failed.";
      case 503 -> "Too many questions at once, or the endpoint is not ready.";
      case 504 -> "The deadline passed first.";
      default -> "The request failed.";
    };
  }
}
