package dev.slipway.manifest;

import dev.slipway.model.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes commented manifests to start from. The templates are files ({@code templates/manifest/});
 * each is a valid manifest as it lies there, and so it stays with any name and source put in. Safe
 * for use by several threads.
 */
public final class ManifestTemplate {
  private static final List<String> KINDS = List.of("local", "realtime", "async");
  private static final Pattern NAME = Pattern.compile("(?m)^name: .*$");
  private static final Pattern SOURCE = Pattern.compile("(?m)^  source: .*$");

  /** What YAML takes as text without quotes, whatever comes after it. */
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9]+:[A-Za-z0-9._/@+-]+");

  private ManifestTemplate() {}

  /** Returns the kinds of templates, the simplest first. */
  public static List<String> kinds() {
    return KINDS;
  }

  /**
   * Returns a manifest.
   *
   * @param kind one of {@link #kinds()}
   * @param name the deployment
   * @param source its model
   * @throws IllegalArgumentException if there is no such kind
   */
  public static String render(String kind, DeploymentName name, ModelSource source) {
    if (!KINDS.contains(kind)) {
      throw new IllegalArgumentException("must be one of " + KINDS + ", is \"" + kind + "\"");
    }
    String named = put(text(kind), NAME, "name: " + name);
    return put(named, SOURCE, "  source: " + scalar(source.uri()));
  }

  /** Returns a template as it lies there. */
  static String text(String kind) {
    String resource = "/templates/manifest/" + kind + ".yaml";
    try (InputStream in = ManifestTemplate.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot read " + resource, broken);
    }
  }

  private static String put(String text, Pattern line, String replacement) {
    return line.matcher(text).replaceFirst(Matcher.quoteReplacement(replacement));
  }

  /** Writes text as a YAML scalar that reads back as the same text, with nothing put in. */
  static String scalar(String text) {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.replace("${", "$${")
        .codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
              } else if ((point >= ' ' && point <= '~') || Character.isLetterOrDigit(point)) {
                quoted.appendCodePoint(point);
              } else {
                quoted.append("\\U%08x".formatted(point));
              }
            });
    return quoted.append('"').toString();
  }
}
