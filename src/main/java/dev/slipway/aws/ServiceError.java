package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.aws.wire.Answer;
import dev.slipway.aws.wire.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What SageMaker Runtime answers or sends instead of what it was asked for.
 *
 * @param status of HTTP; 500 for an error in a stream, which has none
 * @param code which error it is, such as {@code ValidationError}; empty where something else than
 *     SageMaker answered
 * @param message of SageMaker's own; can quote the container and so a prompt
 * @param originalStatus the container's, of a {@code ModelError}
 * @param originalMessage the container's words; can quote a prompt
 * @param streamCode why a stream broke, of a {@code ModelStreamError}
 * @param retryAfter when to come again
 * @param requestId by which AWS finds the request; empty if it said none
 */
record ServiceError(
    int status,
    String code,
    String message,
    OptionalInt originalStatus,
    String originalMessage,
    String streamCode,
    Optional<Duration> retryAfter,
    String requestId) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Reads an answer that is no success. */
  static ServiceError of(Answer answer) throws IOException {
    JsonNode body = body(answer.whole());
    return new ServiceError(
        answer.status(),
        answer
            .header("x-amzn-errortype")
            .map(type -> before(type, ':'))
            .orElseGet(() -> code(body)),
        answer.header("x-amzn-error-message").orElseGet(() -> message(body)),
        originalStatus(body),
        text(body, "OriginalMessage"),
        "",
        answer.header("retry-after").flatMap(ServiceError::seconds),
        answer.header("x-amzn-requestid").orElse(""));
  }

  /** Reads an error or an exception in a stream. */
  static ServiceError of(Event event) {
    JsonNode body = body(event.payload());
    String exception = event.header(":exception-type");
    return new ServiceError(
        500,
        exception.isEmpty() ? event.header(":error-code") : exception,
        event.header(":error-message").isEmpty() ? message(body) : event.header(":error-message"),
        originalStatus(body),
        text(body, "OriginalMessage"),
        text(body, "ErrorCode"),
        Optional.empty(),
        "");
  }

  private static JsonNode body(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException notJson) {
      // A proxy's page, say.
      return JSON.createObjectNode();
    }
  }

  /** Returns the code that a body names, without its namespace. */
  private static String code(JsonNode body) {
    String code = text(body, "__type");
    return code.substring(code.lastIndexOf('#') + 1);
  }

  private static String message(JsonNode body) {
    for (String name : new String[] {"message", "Message", "errorMessage"}) {
      if (body.hasNonNull(name)) {
        return text(body, name);
      }
    }
    return "";
  }

  private static OptionalInt originalStatus(JsonNode body) {
    JsonNode status = body.path("OriginalStatusCode");
    return status.canConvertToInt() && status.isNumber()
        ? OptionalInt.of(status.asInt())
        : OptionalInt.empty();
  }

  private static String text(JsonNode body, String name) {
    return body.path(name).asText("");
  }

  private static String before(String text, char end) {
    int at = text.indexOf(end);
    return at < 0 ? text : text.substring(0, at);
  }

  /** Reads a {@code Retry-After} in seconds; a date is rare, and of a clock that isn't ours. */
  private static Optional<Duration> seconds(String value) {
    return value.matches("[0-9]{1,5}")
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(value)))
        : Optional.empty();
  }

  /** Returns whether the service wants fewer calls. */
  boolean throttles() {
    return status == 429
        || switch (code) {
          case "Throttling",
              "ThrottlingException",
              "ThrottledException",
              "ProvisionedThroughputExceededException",
              "SlowDown",
              "TooManyRequestsException",
              "RequestLimitExceeded",
              "BandwidthLimitExceeded",
              "RequestThrottled",
              "RequestThrottledException",
              "EC2ThrottledException",
              "TransactionInProgressException" ->
              true;
          default -> false;
        };
  }

  /** Says nothing of what anyone has written: it may be logged. */
  @Override
  public String toString() {
    return code + " (status " + status + ", request " + requestId + ")";
  }
}
