package dev.slipway.local.s3;

import java.nio.charset.StandardCharsets;

/** Builds an XML document as S3 writes them. Not thread-safe. */
final class XmlAnswer {
  static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private final StringBuilder text =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  /** Opens the root, in S3's namespace. */
  XmlAnswer root(String name) {
    text.append('<').append(name).append(" xmlns=\"").append(NAMESPACE).append("\">");
    return this;
  }

  XmlAnswer open(String name) {
    text.append('<').append(name).append('>');
    return this;
  }

  XmlAnswer close(String name) {
    text.append("</").append(name).append('>');
    return this;
  }

  XmlAnswer put(String name, Object value) {
    open(name);
    escape(value.toString());
    return close(name);
  }

  byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Escapes control characters too: keys may have them, though XML 1.0 may not; S3 does so. */
  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> text.append("&amp;");
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '"' -> text.append("&quot;");
        default -> {
          if (c < ' ' || c == 0x7f || c == 0xfffe || c == 0xffff) {
            text.append("&#x").append(Integer.toHexString(c)).append(';');
          } else {
            text.append(c);
          }
        }
      }
    }
  }
}
