package dev.slipway.manifest;

import dev.slipway.manifest.Element.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts variables into values: {@code ${env:NAME}}, or {@code ${env:NAME:-default}} for when the
 * variable is unset or empty. A doubled dollar sign before the brace makes it plain text. What a
 * variable holds is never read again for more variables.
 */
final class Variables {
  /** One use, in the dialect that Java and JSON Schema share. */
  static final String USE = "\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\\}";

  private static final Pattern MARK = Pattern.compile("\\$\\$\\{|" + USE + "|\\$\\{[^}]*\\}?");

  private final Function<String, Optional<String>> source;
  private final boolean required;
  private final Findings findings;

  /**
   * Makes the variables of one environment.
   *
   * @param source looks a variable up
   * @param required whether a missing one is a problem; else what hangs on it stays unknown
   */
  Variables(Function<String, Optional<String>> source, boolean required, Findings findings) {
    this.source = source;
    this.required = required;
    this.findings = findings;
  }

  /** Returns the mapping with every variable in its place. */
  Element.Mapping in(Element.Mapping mapping) {
    Map<String, Element> entries = new LinkedHashMap<>();
    mapping.entries().forEach((key, value) -> entries.put(key, in(value)));
    return new Element.Mapping(mapping.path(), mapping.line(), entries);
  }

  private Element in(Element element) {
    return switch (element) {
      case Element.Mapping mapping -> in(mapping);
      case Element.Sequence sequence ->
          new Element.Sequence(
              sequence.path(), sequence.line(), sequence.items().stream().map(this::in).toList());
      case Element.Scalar scalar when scalar.text().contains("${") -> in(scalar);
      case Element.Scalar scalar -> scalar;
      case Element.Unknown unknown -> unknown;
    };
  }

  private Element in(Element.Scalar scalar) {
    StringBuilder text = new StringBuilder();
    boolean substituted = false;
    boolean unknown = false;
    Matcher mark = MARK.matcher(scalar.text());
    while (mark.find()) {
      String name = mark.group(1);
      if (mark.group().equals("$${")) {
        mark.appendReplacement(text, Matcher.quoteReplacement("${"));
      } else if (name == null) {
        findings.add(
            scalar,
            "has "
                + Shown.quoted(mark.group())
                + ", which is not ${env:NAME} or ${env:NAME:-default}; write $${ for a plain ${");
        unknown = true;
      } else {
        Optional<String> value = value(scalar, name, Optional.ofNullable(mark.group(3)));
        substituted = true;
        unknown |= value.isEmpty();
        mark.appendReplacement(text, Matcher.quoteReplacement(value.orElse("")));
      }
    }
    mark.appendTail(text);
    return unknown
        ? new Element.Unknown(scalar.path(), scalar.line())
        : new Element.Scalar(
            scalar.path(),
            scalar.line(),
            text.toString(),
            substituted ? Kind.SUBSTITUTED : scalar.kind());
  }

  private Optional<String> value(Element.Scalar at, String name, Optional<String> otherwise) {
    if (Secrecy.isSecretName(name)) {
      findings.add(
          at,
          "the variable "
              + Shown.plain(name)
              + " looks like a secret, which must not become part of a manifest; where a key takes"
              + " a secret, write secret:NAME");
      return Optional.empty();
    }
    Optional<String> value =
        source.apply(name).filter(text -> otherwise.isEmpty() || !text.isEmpty());
    if (value.isEmpty() && otherwise.isEmpty() && required) {
      findings.add(
          at,
          "the variable %s is not set; set it, or give a default: ${env:%s:-...}"
              .formatted(Shown.plain(name), Shown.plain(name)));
    }
    return value.or(() -> otherwise);
  }
}
