package dev.slipway.local.s3;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request, path-style.
 *
 * @param method in upper case
 * @param bucket its name, or empty
 * @param key the object's key, or empty; anything at all, {@code ..} and NUL too
 * @param query its parameters, decoded; of several of one name the first
 * @param http the rest of it
 */
record S3Request(
    String method, String bucket, String key, Map<String, String> query, ServerRequest http) {
  /** Amazon S3 User Guide, "Object key naming": up to 1,024 bytes of UTF-8. */
  private static final int LONGEST_KEY_BYTES = 1024;

  static S3Request of(ServerRequest http) {
    String path = http.prologue().uriPath().rawPath();
    if (!path.startsWith("/")) {
      throw new S3Failure(S3Failure.Code.INVALID_URI, "Couldn't parse the specified URI.");
    }
    int slash = path.indexOf('/', 1);
    String bucket = decode(slash < 0 ? path.substring(1) : path.substring(1, slash), false);
    String key = slash < 0 ? "" : decode(path.substring(slash + 1), false);
    if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY_BYTES) {
      throw new S3Failure(S3Failure.Code.KEY_TOO_LONG, "Your key is too long");
    }
    if (!bucket.isEmpty() && !ObjectUri.isBucketName(bucket)) {
      throw new S3Failure(S3Failure.Code.INVALID_BUCKET_NAME, "The specified bucket is not valid.");
    }
    if (bucket.isEmpty() && !key.isEmpty()) {
      throw new S3Failure(S3Failure.Code.INVALID_URI, "Couldn't parse the specified URI.");
    }
    return new S3Request(
        http.prologue().method().text(),
        bucket,
        key,
        parameters(http.prologue().query().rawValue()),
        http);
  }

  private static Map<String, String> parameters(String raw) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        parameters.putIfAbsent(
            decode(equals < 0 ? pair : pair.substring(0, equals), true),
            equals < 0 ? "" : decode(pair.substring(equals + 1), true));
      }
    }
    return parameters;
  }

  /** Undoes percent-encoding, strictly: a stray percent sign or bytes that aren't UTF-8 fail. */
  static String decode(String raw, boolean plusIsSpace) {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 3);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < raw.length();
        int high = whole ? Character.digit(raw.charAt(i + 1), 16) : -1;
        int low = whole ? Character.digit(raw.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new S3Failure(S3Failure.Code.INVALID_URI, "Couldn't parse the specified URI.");
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        bytes.put((byte) ' ');
      } else if (c < 0x80) {
        bytes.put((byte) c);
      } else {
        throw new S3Failure(S3Failure.Code.INVALID_URI, "Couldn't parse the specified URI.");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new S3Failure(S3Failure.Code.INVALID_URI, "Couldn't parse the specified URI.", e);
    }
  }

  Optional<String> header(String name) {
    return http.headers().first(HeaderNames.create(name));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  boolean has(String parameter) {
    return query.containsKey(parameter);
  }

  /**
   * Reads a whole number from a parameter.
   *
   * @throws S3Failure {@code InvalidArgument} if it isn't one from 0 to {@code most}
   */
  int number(String parameter, int fallback, int most) {
    String text = query.get(parameter);
    if (text == null || text.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return Math.min(number, most);
      }
    } catch (NumberFormatException e) {
      // Told below, with the numbers that are too small.
    }
    throw new S3Failure(
        S3Failure.Code.INVALID_ARGUMENT,
        "Argument " + parameter + " must be an integer between 0 and 2147483647");
  }

  /** Returns the write's condition. */
  Condition condition() {
    Optional<String> absent = header("if-none-match");
    if (absent.isPresent() && !absent.get().equals("*")) {
      throw new S3Failure(
          S3Failure.Code.NOT_IMPLEMENTED, "If-None-Match of a write takes only the value *.");
    }
    return new Condition(absent.isPresent(), header("if-match").map(S3Request::unquoted));
  }

  /** Returns what the writer says of the object. */
  StoredObject.Description description() {
    Map<String, String> headers = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    http.headers()
        .forEach(
            header -> {
              String name = header.headerName().lowerCase();
              if (ObjectHeaders.KEPT.contains(name)) {
                headers.put(name, header.allValues().getFirst());
              } else if (name.startsWith(ObjectHeaders.METADATA)) {
                metadata.put(
                    name.substring(ObjectHeaders.METADATA.length()),
                    String.join(",", header.allValues()));
              }
            });
    headers.computeIfPresent("content-encoding", (name, value) -> withoutAwsChunked(value));
    if (headers.getOrDefault("content-encoding", "-").isEmpty()) {
      headers.remove("content-encoding");
    }
    return new StoredObject.Description(headers, metadata);
  }

  /** The chunks are taken apart here, so a reader must not hear of them. */
  private static String withoutAwsChunked(String encodings) {
    StringBuilder left = new StringBuilder();
    for (String encoding : encodings.split(",", -1)) {
      if (!encoding.trim().toLowerCase(Locale.ROOT).equals("aws-chunked")) {
        left.append(left.isEmpty() ? "" : ",").append(encoding.trim());
      }
    }
    return left.toString();
  }

  static String unquoted(String etag) {
    String text = etag.trim();
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }
}
