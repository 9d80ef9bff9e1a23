package dev.slipway.standin.kernel;

/** What goes wrong with one call. */
public sealed interface Fault {

  /**
   * The service refuses it; nothing happens.
   *
   * @param status of HTTP
   * @param code the service's
   * @param text the service's message
   */
  record Refusal(int status, String code, String text) implements Fault {}

  /** The request never arrives; nothing happens. */
  record LostRequest() implements Fault {}

  /** The request takes effect, and its answer never arrives. */
  record LostReply() implements Fault {}

  /** Returns too many calls. */
  static Fault throttling() {
    return new Refusal(400, "Throttling", "Rate exceeded");
  }

  /** Returns credentials that were valid once. */
  static Fault expiredToken() {
    return new Refusal(
        403, "ExpiredToken", "The security token included in the request is expired");
  }

  /** Returns credentials that may not do this. */
  static Fault denied(String action) {
    return new Refusal(
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: " + action);
  }

  /** Returns a service that failed by itself. */
  static Fault internal() {
    return new Refusal(500, "InternalFailure", "We encountered an internal error");
  }

  /** Returns a used-up quota. */
  static Fault quota(String text) {
    return new Refusal(400, "ResourceLimitExceeded", text);
  }
}
