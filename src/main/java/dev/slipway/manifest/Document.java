package dev.slipway.manifest;

import dev.slipway.manifest.Element.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one YAML document into elements with paths and lines. Only SnakeYAML's composer is used: no
 * tag ever becomes a class. Aliases are followed, but not into more than {@value #MOST_ELEMENTS}
 * elements; merge keys are refused, because environments are the one way to overlay.
 */
final class Document {
  /** Far more than any manifest has (the longest template has about 150). */
  static final int MOST_ELEMENTS = 10_000;

  private static final int DEEPEST = 30;

  private static final Map<Tag, Kind> KINDS =
      Map.of(
          Tag.STR, Kind.TEXT,
          Tag.INT, Kind.INTEGER,
          Tag.FLOAT, Kind.NUMBER,
          Tag.BOOL, Kind.BOOLEAN,
          Tag.NULL, Kind.NULL);

  private final Findings findings;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int elements;

  private Document(Findings findings) {
    this.findings = findings;
  }

  /** Reads a text; empty, with a finding, if it is not one YAML document with something in it. */
  static Optional<Element> parse(String text, Findings findings) {
    try {
      return new Document(findings).single(text);
    } catch (MarkedYAMLException notYaml) {
      int line = notYaml.getProblemMark() == null ? 0 : notYaml.getProblemMark().getLine() + 1;
      findings.add("", line, "is not YAML: " + reason(notYaml.getProblem()));
    } catch (ReaderException unprintable) {
      findings.add(
          "",
          line(text, unprintable.getPosition()),
          "holds a character that YAML does not allow: U+%04X"
              .formatted(unprintable.getCodePoint()));
    } catch (YAMLException notYaml) {
      findings.add("", 0, "is not YAML: " + reason(String.valueOf(notYaml.getMessage())));
    }
    return Optional.empty();
  }

  /**
   * Reads a value that this program itself wrote down, such as a default.
   *
   * @throws IllegalArgumentException if it is not YAML
   */
  static Element constant(String path, String text) {
    Findings findings = new Findings();
    return parse(path + ": " + text, findings)
        .filter(root -> findings.isEmpty())
        .flatMap(root -> Optional.ofNullable(((Element.Mapping) root).entries().get(path)))
        .orElseThrow(() -> new IllegalArgumentException(findings.byLine() + " in " + text));
  }

  private Optional<Element> single(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEEPEST);
    Composer composer =
        new Composer(new ParserImpl(new StreamReader(text), options), new CoreSchema(), options);
    if (!composer.checkNode()) {
      findings.add("", 0, "is empty; `slipway init` writes a manifest to start from");
      return Optional.empty();
    }
    Node root = composer.getNode();
    if (composer.checkNode()) {
      int line = composer.getNode().getStartMark().getLine() + 1;
      findings.add("", line, "a second document begins here (---); a manifest is one document");
      return Optional.empty();
    }
    return Optional.of(element(root, "", root.getStartMark().getLine() + 1));
  }

  private Element element(Node node, String path, int line) {
    if (++elements > MOST_ELEMENTS) {
      if (elements == MOST_ELEMENTS + 1) {
        findings.add(
            path, line, "too much: with its aliases, more than " + MOST_ELEMENTS + " values");
      }
      return new Element.Unknown(path, line);
    }
    if (!open.add(node)) {
      findings.add(path, line, "is an alias of something that it is part of");
      return new Element.Unknown(path, line);
    }
    try {
      return switch (node) {
        case ScalarNode scalar when KINDS.containsKey(scalar.getTag()) ->
            new Element.Scalar(
                path, line, scalar.getValue(), KINDS.getOrDefault(scalar.getTag(), Kind.TEXT));
        case SequenceNode sequence when sequence.getTag().equals(Tag.SEQ) ->
            sequence(sequence, path, line);
        case MappingNode mapping when mapping.getTag().equals(Tag.MAP) ->
            mapping(mapping, path, line);
        default -> {
          findings.add(
              path,
              line,
              "has the tag "
                  + Shown.plain(node.getTag().getValue())
                  + "; a manifest holds untagged text, numbers, lists and maps");
          yield new Element.Unknown(path, line);
        }
      };
    } finally {
      open.remove(node);
    }
  }

  private Element sequence(SequenceNode sequence, String path, int line) {
    List<Element> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(element(item, path + "[" + items.size() + "]", line(item)));
    }
    return new Element.Sequence(path, line, items);
  }

  private Element mapping(MappingNode mapping, String path, int line) {
    Map<String, Element> entries = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      int keyLine = line(entry.getKeyNode());
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        findings.add(path, keyLine, "has a key that is not text");
        continue;
      }
      String below = (path.isEmpty() ? "" : path + ".") + Shown.key(key.getValue());
      Element first = entries.get(key.getValue());
      if (key.getValue().equals("<<")) {
        findings.add(below, keyLine, "merge keys are not read; overlay with environments instead");
      } else if (first != null) {
        findings.add(below, keyLine, "is there twice, first on line " + first.line());
      } else {
        entries.put(key.getValue(), element(entry.getValueNode(), below, keyLine));
      }
    }
    return new Element.Mapping(path, line, entries);
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static int line(String text, int position) {
    return 1 + (int) text.codePoints().limit(position).filter(point -> point == '\n').count();
  }

  /** SnakeYAML's own words, on one line. */
  private static String reason(String message) {
    return message.lines().map(String::strip).findFirst().orElse("it cannot be read");
  }
}
