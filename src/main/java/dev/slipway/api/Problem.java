package dev.slipway.api;

import dev.slipway.access.Scope;
import dev.slipway.api.job.Job;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.LockHeld;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Overloaded;
import dev.slipway.failure.Refused;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.failure.UsageFailure;
import dev.slipway.failure.Withheld;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a request gets no answer, before it is put into the shape of its route.
 *
 * @param status of HTTP; 422 becomes 400 where OpenAI's shape is spoken
 * @param code a stable name in snake_case
 * @param message for the caller: no secret, no text of anyone's
 * @param parameter which parameter is wrong, as OpenAI names it
 * @param violations what is wrong with the request; empty if something else is wrong
 * @param headers to be sent with it
 */
record Problem(
    int status,
    String code,
    String message,
    Optional<String> parameter,
    List<Violation> violations,
    Map<String, String> headers) {

  Problem {
    violations = List.copyOf(violations);
    headers = Map.copyOf(headers);
  }

  private static Problem of(int status, String code, String message) {
    return new Problem(status, code, message, Optional.empty(), List.of(), Map.of());
  }

  /** Returns this with one more header. */
  Problem with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, code, message, parameter, violations, more);
  }

  private Problem retryAfter(Duration wait) {
    // Whole seconds, rounded up: a caller that comes a moment early is refused again.
    return with("Retry-After", Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
  }

  static Problem invalid(List<Violation> violations) {
    Violation first = violations.getFirst();
    String parameter = first.parameter();
    boolean json = first.type().equals("json_invalid") || parameter.isEmpty();
    String message =
        switch (first.type()) {
          case "json_invalid" ->
              "We could not parse the JSON body of your request: "
                  + first.ctx().map(ctx -> ctx.get("error")).map(e -> e.asText()).orElse("");
          case "missing" ->
              json
                  ? "The request has no body."
                  : "Missing required parameter: '" + parameter + "'.";
          default ->
              json ? first.msg() : "Invalid value for '" + parameter + "': " + first.msg() + ".";
        };
    String code =
        switch (first.type()) {
          case "json_invalid" -> "invalid_json";
          case "missing" -> "missing_required_parameter";
          default -> first.type().endsWith("_type") ? "invalid_type" : "invalid_value";
        };
    return new Problem(
        422, code, message, json ? Optional.empty() : Optional.of(parameter), violations, Map.of());
  }

  static Problem refusedParameter(String parameter, String code, String message) {
    return new Problem(400, code, message, Optional.of(parameter), List.of(), Map.of());
  }

  static Problem noSuchModel(String model) {
    return new Problem(
        404,
        "model_not_found",
        "The model '" + model + "' does not exist. GET /v1/models lists those that do.",
        Optional.of("model"),
        List.of(),
        Map.of());
  }

  static Problem badRequest(String message) {
    return of(400, "bad_request", message);
  }

  /** Refuses what is no HTTP request that this server takes, or fails before one is read. */
  static Problem protocol(int status, String reason) {
    return of(status, status >= 500 ? "server_error" : "bad_request", reason);
  }

  static Problem unauthorized(boolean offered) {
    return of(
            401,
            "invalid_api_key",
            offered
                ? "The API key is not valid."
                : "Not authenticated: send Authorization: Bearer KEY.")
        .with(
            "WWW-Authenticate",
            offered
                ? "Bearer realm=\"slipway\", error=\"invalid_token\""
                : "Bearer realm=\"slipway\"");
  }

  /** Returns how a question failed that was answered as a job. */
  static Problem ofJob(Job.End.Failure failure) {
    Problem problem = of(failure.status(), failure.code(), failure.message());
    return failure.status() == 503 || failure.status() == 429
        ? problem.retryAfter(Duration.ofSeconds(5))
        : problem;
  }

  /** Refuses a token, and says why; the reason names nothing of the token. */
  static Problem unauthorized(String reason) {
    return of(401, "invalid_api_key", reason)
        .with(
            "WWW-Authenticate",
            "Bearer realm=\"slipway\", error=\"invalid_token\", error_description=\""
                + reason
                + "\"");
  }

  /** Refuses a caller that is known, and may not do this. */
  static Problem insufficientScope(Scope needed, String why) {
    return of(403, "insufficient_scope", why)
        .with(
            "WWW-Authenticate",
            "Bearer realm=\"slipway\", error=\"insufficient_scope\", scope=\""
                + needed.word()
                + "\"");
  }

  /** Refuses a request whose Host header names another machine: a page that rebinds its name. */
  static Problem misdirected() {
    return of(
        421,
        "misdirected_request",
        "Without API keys this service answers only at localhost and loopback addresses.");
  }

  /** Refuses a page of another origin. */
  static Problem foreignOrigin() {
    return of(
        403,
        "foreign_origin",
        "A page of another origin may not use this service; api.cors names those that may.");
  }

  static Problem notFound() {
    return of(404, "not_found", "Not Found");
  }

  static Problem methodNotAllowed(String allow) {
    return of(405, "method_not_allowed", "Method Not Allowed").with("Allow", allow);
  }

  static Problem tooLarge(long limitBytes) {
    return of(413, "request_too_large", "The request body is over " + limitBytes + " bytes.");
  }

  static Problem unsupportedMediaType() {
    return of(
        415,
        "unsupported_media_type",
        "Send the body as Content-Type: application/json, in UTF-8.");
  }

  static Problem internal() {
    return of(500, "internal_error", "Internal Server Error");
  }

  /** Returns the problem that a failure is: the one place where failures become statuses. */
  static Problem of(Failure failure) {
    int status =
        switch (failure) {
          case EndpointFailure endpoint -> status(endpoint);
          case Overloaded overloaded ->
              switch (overloaded.limit()) {
                case RATE -> 429;
                case CAPACITY -> 503;
              };
          case Interrupted _ -> 503;
          case OperationFailed _, CloudFailure _ -> failure.retriable() ? 503 : 500;
          case UsageFailure _ -> 400;
          case Withheld _ -> 403;
          case ManifestInvalid _, Refused _ -> 500;
          case GateFailed _, LockHeld _, RolledBack _, StillWorking _ -> 500;
        };
    Problem problem = of(status, failure.code(), failure.sentences());
    return switch (failure) {
      case Overloaded overloaded -> problem.retryAfter(overloaded.retryAfter());
      case EndpointFailure endpoint when status == 503 && endpoint.retryAfter().isPresent() ->
          problem.retryAfter(endpoint.retryAfter().get());
      // Nobody said when; a container that starts takes many seconds.
      case Failure other when status == 503 -> problem.retryAfter(Duration.ofSeconds(5));
      case Failure other -> problem;
    };
  }

  private static int status(EndpointFailure failure) {
    return switch (failure.kind()) {
      case INVALID_REQUEST -> 400;
      case NOT_READY, UNAVAILABLE -> 503;
      case TIMEOUT -> 504;
      case NOT_FOUND, DENIED, MALFORMED -> 502;
      case MODEL_ERROR ->
          switch (failure.originalStatus().orElse(500)) {
            // The container refuses this very request: too long for its window, most often.
            case 400, 413, 422 -> 400;
            case 429, 503 -> 503;
            case 504 -> 504;
            default -> 502;
          };
    };
  }
}
