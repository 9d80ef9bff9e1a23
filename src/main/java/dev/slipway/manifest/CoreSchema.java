package dev.slipway.manifest;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Tells text from numbers as YAML 1.2's core schema does. SnakeYAML's own rules are those of YAML
 * 1.1, where {@code no} is a boolean, {@code 1:30} is ninety and {@code 010} is eight.
 */
final class CoreSchema extends Resolver {
  /** Whole and without leading zeros or plus sign, so that every YAML version agrees. */
  static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]*)");

  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  @Override
  protected void addImplicitResolvers() {
    addImplicitResolver(Tag.NULL, Pattern.compile("~|null|Null|NULL"), "~nN\0");
    addImplicitResolver(Tag.NULL, Pattern.compile(""), null);
    addImplicitResolver(Tag.BOOL, Pattern.compile("true|True|TRUE|false|False|FALSE"), "tTfF");
    addImplicitResolver(Tag.INT, WHOLE, "-0123456789");
    addImplicitResolver(Tag.FLOAT, NUMBER, "-+.0123456789");
  }
}
