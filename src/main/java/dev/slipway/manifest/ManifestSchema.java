package dev.slipway.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/**
 * Describes the manifest as a JSON Schema (draft 2020-12), made from the same description that the
 * reader uses. It takes every manifest that {@link ManifestReader} takes; the reader alone knows
 * bounds of durations and sizes, and which keys go together. Safe for use by several threads.
 */
public final class ManifestSchema {
  /** Names this schema; no address, because none is served. */
  public static final String ID = "urn:slipway:manifest:1";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Shape shape;

  /** Makes the schema of this version's manifest. */
  public ManifestSchema() {
    this(ManifestKeys.shape());
  }

  ManifestSchema(Shape shape) {
    this.shape = shape;
  }

  /** Returns the schema as indented JSON with a final line feed. */
  public String text() {
    return json().toPrettyString() + "\n";
  }

  /** Returns the schema. */
  ObjectNode json() {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$id", ID);
    root.put("title", "slipway.yaml");
    root.put("description", shape.meaning());
    root.put("type", "object");
    ObjectNode properties = references();
    root.set("properties", properties);
    ObjectNode environments = properties.putObject(ManifestKeys.ENVIRONMENTS);
    environments.put(
        "description", "Overlays by the name of their environment: what differs from the base.");
    environments.putArray("type").add("object").add("null");
    environments
        .putObject("propertyNames")
        .put("pattern", ScalarTypes.anchored(ManifestKeys.ENVIRONMENT.pattern()));
    environments.putObject("additionalProperties").put("$ref", "#/$defs/environment");
    environments.put("maxProperties", ManifestKeys.MOST_ENVIRONMENTS);
    root.put("additionalProperties", false);
    require(root);
    ObjectNode definitions = root.putObject("$defs");
    definitions
        .putObject("substitution")
        .put("description", "A variable: ${env:NAME}, or ${env:NAME:-default}.")
        .put("type", "string")
        .put("pattern", Variables.USE);
    ObjectNode environment = definitions.putObject("environment");
    environment.put("description", "What differs in this environment.");
    environment.putArray("type").add("object").add("null");
    environment.set("properties", references());
    environment.put("additionalProperties", false);
    shape.schemas().forEach(definitions::set);
    return root;
  }

  private ObjectNode references() {
    ObjectNode properties = JSON.objectNode();
    for (Map.Entry<String, ObjectNode> top : shape.schemas().entrySet()) {
      properties
          .putObject(top.getKey())
          .put("description", top.getValue().path("description").asText())
          .put("$ref", "#/$defs/" + top.getKey());
    }
    return properties;
  }

  /** Requires what must be given, at the top and one level below: deeper, nothing is required. */
  private void require(ObjectNode root) {
    ArrayNode required = JSON.arrayNode();
    for (Key<?> key : shape.keys()) {
      if (key.isRequired()) {
        required.add(key.path().split("\\.", 2)[0]);
      }
      if (key.isRequired() && !key.section().isEmpty()) {
        ((ObjectNode) root.path("properties").path(key.section()))
            .withArray("required")
            .add(key.name());
      }
    }
    root.set("required", required);
  }

  /** Returns the schema of one key. */
  static ObjectNode of(Key<?> key) {
    ObjectNode schema = JSON.objectNode().put("description", key.meaning());
    schema.setAll(key.type().schema());
    if (!key.isRequired()) {
      schema.set("default", json(Document.constant(key.name(), key.written())));
    }
    schema.putArray("examples").add(json(Document.constant(key.name(), key.example())));
    return schema;
  }

  /** Returns an element as JSON, as a YAML 1.2 reader gives it. */
  static JsonNode json(Element element) {
    return switch (element) {
      case Element.Mapping mapping -> {
        ObjectNode object = JSON.objectNode();
        mapping.entries().forEach((name, value) -> object.set(name, json(value)));
        yield object;
      }
      case Element.Sequence sequence -> {
        ArrayNode array = JSON.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case Element.Scalar scalar -> json(scalar);
      case Element.Unknown _ -> JSON.nullNode();
    };
  }

  private static JsonNode json(Element.Scalar scalar) {
    return switch (scalar.kind()) {
      case TEXT, SUBSTITUTED -> JSON.textNode(scalar.text());
      case NULL -> JSON.nullNode();
      case BOOLEAN -> JSON.booleanNode(scalar.text().toLowerCase(Locale.ROOT).equals("true"));
      case INTEGER -> JSON.numberNode(new BigDecimal(scalar.text()).toBigInteger());
      case NUMBER -> JSON.numberNode(number(scalar.text()));
    };
  }

  /** Octal, hexadecimal and endless numbers are of no value to any key: only their type counts. */
  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException unusual) {
      return 0.5;
    }
  }
}
