package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.manifest.Element.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One value: text, a number, a boolean.
 *
 * @param words what is expected
 * @param kinds how YAML may have understood it; what variables made is taken by its text
 * @param parser makes the value; empty if the text is not fit
 * @param advice more to say about a text that is not fit; empty for nothing
 * @param shown whether a message may repeat the text
 * @param own the schema, without that of variables
 */
record ScalarType<T>(
    String words,
    Set<Kind> kinds,
    Function<String, Optional<T>> parser,
    Function<String, String> advice,
    boolean shown,
    Supplier<ObjectNode> own)
    implements Type<T> {

  /** Where the schema says what a variable's use looks like. */
  static final String SUBSTITUTION = "#/$defs/substitution";

  /** More than any value needs; the patterns are only asked about what is shorter. */
  static final int LONGEST = 4096;

  /** Adds advice for texts that are not fit. */
  ScalarType<T> advising(Function<String, String> more) {
    return new ScalarType<>(words, kinds, parser, more, shown, own);
  }

  /** Keeps what is written out of every message. */
  ScalarType<T> hidden() {
    return new ScalarType<>(words, kinds, parser, advice, false, own);
  }

  @Override
  public Optional<T> read(Element element, Findings findings) {
    if (!(element instanceof Element.Scalar(var path, var line, var text, var kind))) {
      return unfit(element, findings);
    }
    if (text.length() > LONGEST) {
      findings.add(path, line, "must be " + words + ", is " + text.length() + " characters long");
      return Optional.empty();
    }
    Optional<T> value =
        kind == Kind.SUBSTITUTED || kinds.contains(kind) ? parser.apply(text) : Optional.empty();
    if (value.isEmpty()) {
      String more = advice.apply(text);
      findings.add(
          path,
          line,
          "must be "
              + words
              + (shown || kind == Kind.NULL
                  ? ", is " + element.found()
                  : "; what is here is not shown")
              + (quotable(kind, text) ? "; put it in quotes" : "")
              + (more.isEmpty() ? "" : "; " + more));
    }
    return value;
  }

  /** Whether the text alone would do, and only YAML took it for something else. */
  private boolean quotable(Kind kind, String text) {
    return !kinds.contains(kind)
        && kind != Kind.NULL
        && kinds.contains(Kind.TEXT)
        && parser.apply(text).isPresent();
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = own.get();
    boolean anyText = schema.size() == 1 && schema.path("type").asText().equals("string");
    return anyText
        ? schema
        : Type.anyOf(
            List.of(schema, JsonNodeFactory.instance.objectNode().put("$ref", SUBSTITUTION)));
  }
}
