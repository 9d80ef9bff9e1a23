package dev.slipway.aws;

import dev.slipway.endpoint.ContainerFailure;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what errors of SageMaker Runtime, and of the way to it, mean for one endpoint.
 *
 * <p>What a container said can quote a prompt, and SageMaker puts it into its own messages: those
 * of a container's errors are neither repeated nor kept as a cause.
 */
final class RuntimeFailures {
  /** SageMaker's own messages are short; a longer one has something else in it. */
  private static final int MAX_MESSAGE_CHARACTERS = 300;

  private final EndpointName endpoint;
  private final String address;

  /**
   * Maps failures of one endpoint.
   *
   * @param address where the runtime is, for people
   */
  RuntimeFailures(EndpointName endpoint, String address) {
    this.endpoint = endpoint;
    this.address = address;
  }

  /** Returns the failure that an error of the service stands for. */
  EndpointFailure of(ServiceError error) {
    EndpointFailure failure = meaning(error);
    return error.retryAfter().map(failure::retryAfter).orElse(failure);
  }

  private EndpointFailure meaning(ServiceError error) {
    return switch (error.code()) {
      case "ModelError" ->
          ContainerFailure.of(endpoint, error.originalStatus(), error.originalMessage(), null);
      case "ModelStreamError" -> brokenStream(error);
      case "InternalStreamFailure" ->
          failure(
              Kind.UNAVAILABLE, "the stream of SageMaker Runtime broke off.", "Try again.", error);
      case "ModelNotReadyException" ->
          failure(
              Kind.NOT_READY,
              "the model is not loaded yet.",
              "Wait; `slipway status --watch` says when it is in service.",
              error);
      case "ValidationError" -> invalid(error);
      default -> service(error);
    };
  }

  /** Returns the failure that the end of the deadline is. */
  EndpointFailure timeout(@Nullable Throwable cause) {
    return failure(
        Kind.TIMEOUT,
        "the time for this answer was over first.",
        "Try again, ask for fewer tokens (max_tokens), or allow more time (api.limits.deadline).",
        cause);
  }

  private EndpointFailure brokenStream(ServiceError error) {
    return error.streamCode().equals("ModelInvocationTimeExceeded")
        ? failure(
            Kind.TIMEOUT,
            "the model took longer than SageMaker allows for a stream.",
            "Ask for fewer tokens (max_tokens).",
            new Refusal(error))
        : failure(
            Kind.MODEL_ERROR,
            "its container broke the stream off.",
            "`slipway logs` shows what the container said.",
            new Refusal(error));
  }

  private EndpointFailure invalid(ServiceError error) {
    String message = message(error);
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no capacity")) {
      return failure(
          Kind.NOT_READY,
          "its inference component is scaled to zero and waking up.",
          "Try again in a few minutes.",
          error);
    }
    if (lower.contains("not found") || lower.contains("could not find")) {
      return failure(
          Kind.NOT_FOUND,
          "there is no such endpoint or component (" + message + ")",
          "`slipway status` lists what is deployed; check the name, the region and the account.",
          error);
    }
    return failure(
        Kind.INVALID_REQUEST,
        "SageMaker Runtime does not take the request"
            + (message.isEmpty() ? "." : " (" + message + ")"),
        "Check the size of the body (6 MB) and the endpoint's kind.",
        error);
  }

  private EndpointFailure service(ServiceError error) {
    if (error.status() == 401 || error.status() == 403 || expired(error.code())) {
      return denied(error.code(), new Refusal(error));
    }
    if (error.throttles()) {
      return failure(
          Kind.UNAVAILABLE,
          "SageMaker Runtime throttles the calls (" + error.code() + ").",
          "Try again more slowly.",
          error);
    }
    if (error.status() >= 500) {
      return failure(
          Kind.UNAVAILABLE,
          "SageMaker Runtime is not available (status " + error.status() + ").",
          "Try again in a moment.",
          error);
    }
    return failure(
        Kind.INVALID_REQUEST,
        "SageMaker Runtime does not take the request (" + error.code() + ").",
        "Check the endpoint's kind and the address " + address + ".",
        error);
  }

  private EndpointFailure denied(String code, Throwable cause) {
    return failure(
        Kind.DENIED,
        "the credentials were refused (" + code + ").",
        "Sign in again, or check AWS_PROFILE and that it allows sagemaker:InvokeEndpoint.",
        cause);
  }

  /** Returns the failure that getting no credentials is. */
  EndpointFailure credentials(SdkException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
        return denied(Objects.requireNonNullElse(refused.awsErrorDetails().errorCode(), ""), error);
      }
    }
    return failure(
        Kind.DENIED,
        "there are no usable AWS credentials.",
        "Set AWS_PROFILE, or sign in (`aws sso login`).",
        error);
  }

  /** Returns the failure that a broken connection is, or one that was never made. */
  EndpointFailure transport(IOException error) {
    if (error instanceof SocketTimeoutException) {
      return timeout(error);
    }
    if (error instanceof ConnectException) {
      return failure(
          Kind.UNAVAILABLE,
          "nothing answers at " + address + ".",
          "Check that the endpoint runs (`slipway status`) and that the address is right.",
          error);
    }
    return failure(
        Kind.UNAVAILABLE,
        "the connection to " + address + " failed.",
        "Try again; `slipway status` says how the endpoint is.",
        error);
  }

  private EndpointFailure failure(Kind kind, String why, String next, ServiceError error) {
    return failure(kind, why, next, new Refusal(error));
  }

  private EndpointFailure failure(Kind kind, String why, String next, @Nullable Throwable cause) {
    return new EndpointFailure(
        kind, OptionalInt.empty(), "\"" + endpoint + "\" did not answer", why, next, cause);
  }

  private static String message(ServiceError error) {
    String message = error.message();
    return message.length() <= MAX_MESSAGE_CHARACTERS
        ? message
        : message.substring(0, MAX_MESSAGE_CHARACTERS) + "...";
  }

  private static boolean expired(String code) {
    return switch (code) {
      case "ExpiredToken",
          "ExpiredTokenException",
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "InvalidClientTokenId",
          "MissingAuthenticationToken",
          "IncompleteSignature",
          "AccessDeniedException" ->
          true;
      default -> false;
    };
  }

  /** Keeps by which request AWS finds what went wrong. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(ServiceError error) {
      super(error.toString(), null, false, false);
    }
  }
}
