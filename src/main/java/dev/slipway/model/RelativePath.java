package dev.slipway.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Judges names of files that come from outside: a name must stay below its folder on every system
 * that reads it, and show in a terminal as what it is.
 */
public final class RelativePath {

  private static final int MAX_BYTES = 1024; // the longest key that S3 takes
  private static final int MAX_SEGMENT_BYTES = 255; // NAME_MAX of the usual file systems

  private RelativePath() {}

  /**
   * Says why a path may not name a file of a model; absent if it may. Such a path is relative, with
   * forward slashes, without {@code .} and {@code ..}, control characters and backslashes.
   */
  public static Optional<String> problem(String path) {
    if (path.isEmpty()) {
      return Optional.of("the name is empty");
    }
    if (path.indexOf('\0') >= 0) {
      return Optional.of("the name holds a NUL");
    }
    if (path.codePoints().anyMatch(RelativePath::isHidden)) {
      return Optional.of("the name holds control characters or broken text");
    }
    if (path.indexOf('\\') >= 0) {
      return Optional.of("the name holds a backslash, which some systems read as a folder");
    }
    if (path.startsWith("/") || path.matches("[A-Za-z]:.*")) {
      return Optional.of("the path is absolute");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return Optional.of("the path is longer than " + MAX_BYTES + " bytes");
    }
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        return Optional.of("the path leaves the model's folder (\"..\")");
      }
      if (segment.isEmpty() || segment.equals(".")) {
        return Optional.of("the path has an empty step");
      }
      if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES) {
        return Optional.of("a name in it is longer than " + MAX_SEGMENT_BYTES + " bytes");
      }
    }
    return Optional.empty();
  }

  /**
   * Returns a foreign name in quotation marks, cut to 200 characters, what is hidden as \\uXXXX.
   */
  public static String quoted(String name) {
    var text = new StringBuilder("\"");
    name.codePoints()
        .limit(200)
        .forEach(
            c -> {
              if (isHidden(c)) {
                text.append(String.format("\\u%04x", c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.append(name.codePointCount(0, name.length()) > 200 ? "…\"" : "\"").toString();
  }

  private static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> codePoint == 0xFFFD;
    };
  }
}
