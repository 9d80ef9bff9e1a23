package dev.slipway.failure;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Says that a running endpoint did not answer as asked (exit code 1). */
public final class EndpointFailure extends Failure {

  /** How the endpoint failed, in SageMaker Runtime's words where it has them. */
  public enum Kind {
    /** No endpoint (or component) of that name. */
    NOT_FOUND,
    /** The container answered with an error: SageMaker's ModelError. */
    MODEL_ERROR,
    /** The model is not loaded yet: SageMaker's ModelNotReadyException. */
    NOT_READY,
    /** Nothing answered, or the service is unavailable. */
    UNAVAILABLE,
    /** The deadline passed first. */
    TIMEOUT,
    /** The request is not one that the endpoint takes: SageMaker's ValidationError. */
    INVALID_REQUEST,
    /** The credentials were refused. */
    DENIED,
    /** The answer could not be read. */
    MALFORMED
  }

  private final Kind kind;
  private final OptionalInt originalStatus;
  private final transient Optional<Duration> retryAfter;

  /**
   * Makes an endpoint failure.
   *
   * @param kind how it failed
   * @param originalStatus the container's own HTTP status, absent where it did not answer with one
   */
  public EndpointFailure(
      Kind kind,
      OptionalInt originalStatus,
      String what,
      String why,
      String next,
      @Nullable Throwable cause) {
    this(kind, originalStatus, what, why, next, cause, Optional.empty());
  }

  private EndpointFailure(
      Kind kind,
      OptionalInt originalStatus,
      String what,
      String why,
      String next,
      @Nullable Throwable cause,
      Optional<Duration> retryAfter) {
    super(
        "endpoint_" + kind.name().toLowerCase(Locale.ROOT),
        what,
        why,
        next,
        kind == Kind.NOT_READY || kind == Kind.UNAVAILABLE || kind == Kind.TIMEOUT,
        cause);
    this.kind = kind;
    this.originalStatus = originalStatus;
    this.retryAfter = retryAfter;
  }

  /** Returns the same failure with the time after which another try is worth while. */
  public EndpointFailure retryAfter(Duration wait) {
    return new EndpointFailure(
        kind, originalStatus, what(), why(), next(), getCause(), Optional.of(wait));
  }

  /** Returns how long to wait before another try; absent where nobody said. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Returns how the endpoint failed. */
  public Kind kind() {
    return kind;
  }

  /** Returns the container's own HTTP status, where it answered with one. */
  public OptionalInt originalStatus() {
    return originalStatus;
  }
}
