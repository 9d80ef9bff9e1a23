package dev.slipway.api;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is no HTTP request, and so never comes to the front door, in the shape of the other
 * errors. It repeats nothing of what was sent. Thread-safe.
 */
final class ProtocolErrors implements DirectHandler {
  private final Json json;
  private final ApiMetrics metrics;

  ProtocolErrors(Json json, ApiMetrics metrics) {
    this.json = json;
    this.metrics = metrics;
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType eventType,
      Status defaultStatus,
      ServerResponseHeaders responseHeaders,
      @Nullable String message) {
    metrics.rejected(ApiMetrics.Rejection.PROTOCOL);
    int code = eventType == EventType.INTERNAL_ERROR ? 500 : defaultStatus.code();
    Problem problem = Problem.protocol(code, Status.create(code).reasonPhrase());
    ErrorShape errors = ErrorShape.at(path(request));
    TransportResponse.Builder response =
        TransportResponse.builder()
            .status(Status.create(errors.status(problem)))
            .entity(json.write(errors.body(problem)))
            .header(HeaderNames.CONTENT_TYPE, "application/json")
            .header(HeaderNames.create("x-request-id"), RequestIds.of(Optional.empty()))
            .keepAlive(false);
    SecurityHeaders.FOR_DATA.forEach(
        (name, value) -> response.header(HeaderNames.create(name), value));
    return response.build();
  }

  private static String path(TransportRequest request) {
    @Nullable String path = request.path();
    return path == null ? "" : path;
  }
}
