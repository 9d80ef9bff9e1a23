package dev.slipway.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads a YAML list. Only the composer is used: no tag ever becomes a class. */
final class YamlItems {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A question is three levels deep; aliases can't make a file grow beyond that. */
  private static final int DEEPEST = 6;

  private YamlItems() {}

  static List<Item> read(String text, Problems problems) {
    try {
      var options = new LoaderOptions();
      var composer =
          new Composer(new ParserImpl(new StreamReader(text), options), new Resolver(), options);
      if (!composer.checkNode()) {
        return List.of();
      }
      return items(composer.getNode(), problems);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      problems.add(line, "is not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      problems.add(
          0, "is not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    return List.of();
  }

  private static List<Item> items(Node root, Problems problems) {
    if (!(root instanceof SequenceNode list)) {
      problems.add(line(root), "must be a list of questions");
      return List.of();
    }
    List<Item> items = new ArrayList<>();
    for (Node node : list.getValue()) {
      Map<String, Integer> lines = new HashMap<>();
      if (node instanceof MappingNode fields) {
        for (NodeTuple field : fields.getValue()) {
          lines.put(key(field), line(field.getKeyNode()));
        }
      }
      items.add(new Item(line(node), value(node, 0, problems), lines));
    }
    return items;
  }

  private static JsonNode value(Node node, int depth, Problems problems) {
    if (depth > DEEPEST) {
      problems.add(line(node), "is nested too deeply");
      return JSON.nullNode();
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar);
      case SequenceNode sequence -> {
        ArrayNode array = JSON.arrayNode();
        sequence.getValue().forEach(each -> array.add(value(each, depth + 1, problems)));
        yield array;
      }
      case MappingNode mapping -> {
        ObjectNode object = JSON.objectNode();
        for (NodeTuple field : mapping.getValue()) {
          String key = key(field);
          if (object.has(key)) {
            problems.add(line(field.getKeyNode()), key + ": is there twice");
          }
          object.set(key, value(field.getValueNode(), depth + 1, problems));
        }
        yield object;
      }
      default -> JSON.nullNode();
    };
  }

  private static JsonNode scalar(ScalarNode scalar) {
    if (scalar.getTag().equals(Tag.NULL)) {
      return JSON.nullNode();
    }
    boolean number = scalar.getTag().equals(Tag.INT) && scalar.getValue().matches("[0-9]{1,9}");
    return number
        ? JSON.numberNode(Integer.parseInt(scalar.getValue()))
        // Any other scalar is text, as it is written: a date or `no` may be a phrase.
        : JSON.textNode(scalar.getValue());
  }

  private static String key(NodeTuple field) {
    return field.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
