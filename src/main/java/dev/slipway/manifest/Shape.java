package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.manifest.Type.Described;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tree of sections and keys, in the order in which people should read them. It is put together in
 * one place and only read afterwards.
 */
final class Shape {

  /** What stands at one name of the tree. */
  private sealed interface Branch {
    record Leaf(Key<?> key) implements Branch {}

    record Section(String meaning, Map<String, Branch> children) implements Branch {
      void put(String name, Branch branch) {
        if (children.put(name, branch) != null) {
          throw new IllegalArgumentException("two of " + name);
        }
      }
    }
  }

  private final Map<String, Branch.Section> sections = new LinkedHashMap<>();
  private final List<Key<?>> keys = new ArrayList<>();
  private final List<String> beside = new ArrayList<>();

  private Shape(String meaning) {
    sections.put("", new Branch.Section(meaning, new LinkedHashMap<>()));
  }

  /** Begins a shape. */
  static Shape of(String meaning, Key<?>... keys) {
    return new Shape(meaning).with(keys);
  }

  /** Adds a section and its keys; its parent comes first. */
  Shape section(String path, String meaning, Key<?>... inside) {
    Branch.Section section = new Branch.Section(meaning, new LinkedHashMap<>());
    int dot = path.lastIndexOf('.');
    parent(dot < 0 ? "" : path.substring(0, dot)).put(path.substring(dot + 1), section);
    sections.put(path, section);
    return with(inside);
  }

  /** Adds keys of sections that are there. */
  Shape with(Key<?>... more) {
    for (Key<?> key : more) {
      parent(key.section()).put(key.name(), new Branch.Leaf(key));
      keys.add(key);
    }
    return this;
  }

  /** Adds names that are known at the top too, although it is another who reads them. */
  Shape beside(String... names) {
    beside.addAll(List.of(names));
    return this;
  }

  private Branch.Section parent(String path) {
    return Optional.ofNullable(sections.get(path))
        .orElseThrow(() -> new IllegalArgumentException("no section " + path));
  }

  /** Returns the keys of this shape. */
  List<Key<?>> keys() {
    return List.copyOf(keys);
  }

  /** Returns the keys of this shape and those inside of their values. */
  List<Described> described() {
    List<Described> all = new ArrayList<>();
    for (Key<?> key : keys) {
      all.add(new Described(key.path(), key));
      all.addAll(key.type().inside(key.path()));
    }
    return all;
  }

  /** Returns what the whole is for. */
  String meaning() {
    return parent("").meaning();
  }

  /** Reads every key there is; what is wrong or not known is added to the findings. */
  Values read(Element.Mapping root, Findings findings) {
    Values.Builder values = new Values.Builder();
    values.section("", root.line());
    read(root, "", values, findings);
    return values.build(this);
  }

  private void read(
      Element.Mapping mapping, String path, Values.Builder values, Findings findings) {
    Branch.Section section = parent(path);
    mapping
        .entries()
        .forEach(
            (name, element) -> {
              switch (section.children().get(name)) {
                case null -> findings.add(element, unknown(name, path));
                case Branch.Leaf leaf -> values.read(leaf.key(), element, findings);
                case Branch.Section _ ->
                    descend(element, path.isEmpty() ? name : path + "." + name, values, findings);
              }
            });
  }

  /** A section with nothing in it, because all its keys are commented out, is like none. */
  private void descend(Element element, String path, Values.Builder values, Findings findings) {
    values.section(path, element.line());
    switch (element) {
      case Element.Mapping mapping -> read(mapping, path, values, findings);
      case Element.Scalar scalar when scalar.kind() == Element.Kind.NULL -> {}
      case Element.Unknown _ -> {}
      case Element.Scalar scalar -> findings.add(scalar, notAMap(scalar, parent(path)));
      case Element.Sequence list -> findings.add(list, notAMap(list, parent(path)));
    }
  }

  private static String notAMap(Element element, Branch.Section section) {
    return "must be a map of "
        + String.join(", ", section.children().keySet())
        + ", is "
        + element.found();
  }

  private String unknown(String name, String path) {
    List<String> known = new ArrayList<>(parent(path).children().keySet());
    known.addAll(path.isEmpty() ? beside : List.of());
    Optional<String> near = Nearest.to(name, known);
    if (near.isPresent()) {
      return "is not known; did you mean " + near.get() + "?";
    }
    return keys.stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .map(key -> "is not known here; did you mean " + key.path() + "?")
        .orElse("is not known; known here: " + String.join(", ", known));
  }

  /** Returns the schema of the whole shape. */
  ObjectNode schema() {
    return schema(parent(""), true);
  }

  /** Returns the schema of each thing at the top, by its name; nothing in it is required. */
  Map<String, ObjectNode> schemas() {
    Map<String, ObjectNode> schemas = new LinkedHashMap<>();
    parent("").children().forEach((name, branch) -> schemas.put(name, schema(branch, false)));
    return schemas;
  }

  private static ObjectNode schema(Branch branch, boolean whole) {
    return switch (branch) {
      case Branch.Leaf leaf -> ManifestSchema.of(leaf.key());
      case Branch.Section section -> schema(section, whole);
    };
  }

  private static ObjectNode schema(Branch.Section section, boolean whole) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    if (whole) {
      schema.put("type", "object");
    } else {
      schema.putArray("type").add("object").add("null");
    }
    schema.put("description", section.meaning()).put("additionalProperties", false);
    ArrayNode required = JsonNodeFactory.instance.arrayNode();
    ObjectNode properties = schema.putObject("properties");
    section
        .children()
        .forEach(
            (name, child) -> {
              properties.set(name, schema(child, false));
              if (whole && child instanceof Branch.Leaf(var key) && key.isRequired()) {
                required.add(name);
              }
            });
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }
}
