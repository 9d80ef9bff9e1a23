package dev.slipway.local.s3;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes what is known of an object as headers, and holds a reader's conditions against it. */
final class ObjectHeaders {
  static final String METADATA = "x-amz-meta-";

  /** The standard headers that S3 keeps with an object. */
  static final Set<String> KEPT =
      Set.of(
          "content-type",
          "content-encoding",
          "content-language",
          "content-disposition",
          "cache-control",
          "expires");

  private static final HeaderName ETAG = HeaderNames.create("ETag");

  /** HTTP's own form of a date (RFC 9110, section 5.6.7): two digits for the day. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ObjectHeaders() {}

  static void describe(S3Request request, StoredObject object, ServerResponse response) {
    response.header(ETAG, quoted(object.etag()));
    response.header(HeaderNames.LAST_MODIFIED, HTTP_DATE.format(object.modified()));
    response.header(HeaderNames.ACCEPT_RANGES, "bytes");
    response.header(HeaderNames.CONTENT_TYPE, object.description().contentType());
    object
        .description()
        .headers()
        .forEach((name, value) -> response.header(HeaderNames.create(name), value));
    object
        .description()
        .metadata()
        .forEach((name, value) -> response.header(HeaderNames.create(METADATA + name), value));
    for (Map.Entry<String, String> parameter : request.query().entrySet()) {
      String name = parameter.getKey();
      if (name.startsWith("response-") && KEPT.contains(name.substring("response-".length()))) {
        response.header(
            HeaderNames.create(name.substring("response-".length())),
            printable(parameter.getValue()));
      }
    }
  }

  static void checksum(S3Request request, StoredObject object, ServerResponse response) {
    if (request.header("x-amz-checksum-mode").filter("ENABLED"::equalsIgnoreCase).isPresent()) {
      object.checksum().ifPresent(checksum -> checksum(checksum, response));
    }
  }

  static void checksum(StoredObject.StoredChecksum checksum, ServerResponse response) {
    response.header(HeaderNames.create(checksum.algorithm().header()), checksum.value());
    response.header(
        HeaderNames.create("x-amz-checksum-type"),
        checksum.composite() ? "COMPOSITE" : "FULL_OBJECT");
  }

  static void etag(String etag, ServerResponse response) {
    response.header(ETAG, quoted(etag));
  }

  static String quoted(String etag) {
    return "\"" + etag + "\"";
  }

  /**
   * Holds a reader's conditions against an object, in the order of RFC 9110, section 13.2.2.
   *
   * @return whether the reader has it already (304)
   * @throws S3Failure {@code PreconditionFailed}
   */
  static boolean unchanged(S3Request request, StoredObject object) {
    Optional<String> match = request.header("if-match");
    if (match.isPresent()) {
      if (!lists(match.get(), object.etag())) {
        throw S3Failure.preconditionFailed("If-Match");
      }
    } else if (date(request, "if-unmodified-since")
        .filter(object.modified()::isAfter)
        .isPresent()) {
      throw S3Failure.preconditionFailed("If-Unmodified-Since");
    }
    Optional<String> noneMatch = request.header("if-none-match");
    return noneMatch.isPresent()
        ? lists(noneMatch.get(), object.etag())
        : date(request, "if-modified-since")
            .filter(date -> !object.modified().isAfter(date))
            .isPresent();
  }

  private static boolean lists(String etags, String etag) {
    for (String one : etags.split(",", -1)) {
      String text = one.trim();
      if (text.equals("*") || S3Request.unquoted(text).equals(etag)) {
        return true;
      }
    }
    return false;
  }

  /** A date that can't be read is no condition (RFC 9110, section 13.1.3). */
  private static Optional<Instant> date(S3Request request, String header) {
    return request
        .header(header)
        .flatMap(
            text -> {
              try {
                return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
              } catch (DateTimeParseException e) {
                return Optional.empty();
              }
            });
  }

  private static String printable(String value) {
    return value.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
