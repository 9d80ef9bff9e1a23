package dev.slipway.standin.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Writes an XML document. Not thread-safe. */
final class Xml {
  private final StringBuilder text = new StringBuilder();

  Xml in(String name, Runnable content) {
    text.append('<').append(name).append('>');
    content.run();
    // A root may carry its namespace.
    text.append("</").append(name.split(" ", 2)[0]).append('>');
    return this;
  }

  Xml put(String name, String value) {
    text.append('<').append(name).append('>');
    value
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '\r' -> text.append("&#13;");
                default -> text.appendCodePoint(c);
              }
            });
    text.append("</").append(name).append('>');
    return this;
  }

  Xml put(String name, Optional<String> value) {
    value.ifPresent(one -> put(name, one));
    return this;
  }

  Xml put(String name, Instant moment) {
    return put(name, moment.truncatedTo(ChronoUnit.MILLIS).toString());
  }

  /** Writes a map as a list of pairs. */
  Xml pairs(String name, String key, String value, Map<String, String> pairs) {
    return in(name, () -> pairs.forEach((k, v) -> in("member", () -> put(key, k).put(value, v))));
  }

  byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
