package dev.slipway.local.container;

import java.util.Optional;

/** Says why a request is not answered, in the shape that vLLM gives its errors. */
final class RequestProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final transient Optional<String> parameter;

  private RequestProblem(int status, String type, Optional<String> parameter, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
  }

  /** Makes a refusal of one field of a body. */
  static RequestProblem bad(String parameter, String message) {
    return new RequestProblem(400, "BadRequestError", Optional.of(parameter), message);
  }

  /** Makes a refusal of a whole body. */
  static RequestProblem bad(String message) {
    return new RequestProblem(400, "BadRequestError", Optional.empty(), message);
  }

  /** Makes a refusal of a body for its size. */
  static RequestProblem tooLarge(long limit) {
    return new RequestProblem(
        413,
        "BadRequestError",
        Optional.empty(),
        "The body is larger than " + limit + " bytes. Send a shorter one.");
  }

  /** Makes a refusal because as many requests wait as may. */
  static RequestProblem busy(int waiting) {
    return new RequestProblem(
        503,
        "ServiceUnavailableError",
        Optional.empty(),
        waiting + " requests are waiting already. Try again in a moment.");
  }

  /** Makes the end of a request whose time is over. */
  static RequestProblem late() {
    return new RequestProblem(
        504,
        "TimeoutError",
        Optional.empty(),
        "The time for this request was over before the answer was done."
            + " Ask for fewer tokens, or stream.");
  }

  /** Makes the end of a request that nobody waits for any more. */
  static RequestProblem abandoned() {
    return new RequestProblem(
        499, "ClientClosedRequest", Optional.empty(), "The client closed the connection.");
  }

  /** Makes the failure of the engine itself. */
  static RequestProblem engine(String message) {
    return new RequestProblem(500, "InternalServerError", Optional.empty(), message);
  }

  /** Makes the answer of a container that is not ready. */
  static RequestProblem notReady() {
    return new RequestProblem(
        503, "ServiceUnavailableError", Optional.empty(), "The model is not loaded yet.");
  }

  /** Returns the HTTP status. */
  int status() {
    return status;
  }

  /** Returns vLLM's name for the kind of problem. */
  String type() {
    return type;
  }

  /** Returns the field that is wrong, where it is one. */
  Optional<String> parameter() {
    return parameter;
  }

  /** Returns what is wrong. */
  String text() {
    return String.valueOf(getMessage());
  }
}
