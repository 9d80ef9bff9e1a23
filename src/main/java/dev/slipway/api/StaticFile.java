package dev.slipway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * A file that everyone may read and that a browser keeps as long as it is right.
 *
 * @param policy the content security policy that it is read under
 */
record StaticFile(String contentType, byte[] bytes, String policy) {

  /** Reads a file of the classpath. */
  static StaticFile of(String name, String contentType, String policy) {
    try (InputStream in = StaticFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The classpath has no " + name);
      }
      return new StaticFile(contentType, in.readAllBytes(), policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the route that serves it. */
  Route<?> route(String path, String name, String summary) {
    String tag = tag(bytes);
    Map<String, String> headers =
        Map.of(
            "ETag",
            tag,
            "Cache-Control",
            "no-cache",
            "Content-Security-Policy",
            policy,
            "Vary",
            "Accept");
    return Route.get(path, name, Route.Nothing.class)
        .summary(summary)
        .access(Route.Access.OPEN)
        .steady()
        .answers(200, "The page or its part.", contentType)
        .answers(304, "What the client has is still right.", "")
        .handledBy(
            call ->
                call.ifNoneMatch().equals(tag)
                    ? new Reply.Bytes(304, "", new byte[0], headers)
                    : new Reply.Bytes(200, contentType, bytes, headers));
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(hash, 0, 8) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
