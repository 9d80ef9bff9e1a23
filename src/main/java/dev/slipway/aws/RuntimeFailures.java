package dev.slipway.aws;

import dev.slipway.endpoint.ContainerFailure;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sagemakerruntime.model.InternalStreamFailureException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ValidationErrorException;

/**
 * Says what the SDK's exceptions mean for one endpoint.
 *
 * <p>What a container said can quote a prompt, and the SDK puts it into its exceptions' messages:
 * those are neither repeated nor kept as a cause.
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

  /** Returns the failure that an exception of the SDK stands for. */
  EndpointFailure of(Throwable thrown) {
    EndpointFailure failure = meaning(thrown);
    return unwrap(thrown) instanceof AwsServiceException error
        ? retryAfter(error).map(failure::retryAfter).orElse(failure)
        : failure;
  }

  /** Reads a {@code Retry-After} in seconds; a date is rare, and of a clock that isn't ours. */
  private static Optional<Duration> retryAfter(AwsServiceException error) {
    if (error.awsErrorDetails() == null || error.awsErrorDetails().sdkHttpResponse() == null) {
      return Optional.empty();
    }
    return error
        .awsErrorDetails()
        .sdkHttpResponse()
        .firstMatchingHeader("Retry-After")
        .filter(value -> value.matches("[0-9]{1,5}"))
        .map(value -> Duration.ofSeconds(Integer.parseInt(value)));
  }

  private EndpointFailure meaning(Throwable thrown) {
    return switch (unwrap(thrown)) {
      case EndpointFailure failure -> failure;
      case ModelErrorException error ->
          ContainerFailure.of(
              endpoint,
              error.originalStatusCode() == null
                  ? OptionalInt.empty()
                  : OptionalInt.of(error.originalStatusCode()),
              Objects.requireNonNullElse(error.originalMessage(), ""),
              null);
      case ModelStreamErrorException error -> brokenStream(error);
      case InternalStreamFailureException error ->
          failure(
              Kind.UNAVAILABLE, "the stream of SageMaker Runtime broke off.", "Try again.", error);
      case ModelNotReadyException error ->
          failure(
              Kind.NOT_READY,
              "the model is not loaded yet.",
              "Wait; `slipway status --watch` says when it is in service.",
              error);
      case ValidationErrorException error -> invalid(error);
      case AwsServiceException error -> service(error);
      case ApiCallTimeoutException error -> timeout(error);
      case SdkClientException error -> client(error);
      case TimeoutException error -> timeout(error);
      case Throwable other -> transport(other);
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

  private EndpointFailure brokenStream(ModelStreamErrorException error) {
    String code = Objects.requireNonNullElse(error.errorCode(), "");
    return code.equals("ModelInvocationTimeExceeded")
        ? failure(
            Kind.TIMEOUT,
            "the model took longer than SageMaker allows for a stream.",
            "Ask for fewer tokens (max_tokens).",
            null)
        : failure(
            Kind.MODEL_ERROR,
            "its container broke the stream off.",
            "`slipway logs` shows what the container said.",
            null);
  }

  private EndpointFailure invalid(ValidationErrorException error) {
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

  private EndpointFailure service(AwsServiceException error) {
    // Absent where a proxy answered, and not SageMaker.
    String code =
        error.awsErrorDetails() == null
            ? ""
            : Objects.requireNonNullElse(error.awsErrorDetails().errorCode(), "");
    if (error.statusCode() == 401 || error.statusCode() == 403 || expired(code)) {
      return failure(
          Kind.DENIED,
          "the credentials were refused (" + code + ").",
          "Sign in again, or check AWS_PROFILE and that it allows sagemaker:InvokeEndpoint.",
          error);
    }
    if (error.isThrottlingException()) {
      return failure(
          Kind.UNAVAILABLE,
          "SageMaker Runtime throttles the calls (" + code + ").",
          "Try again more slowly.",
          error);
    }
    if (error.statusCode() >= 500) {
      return failure(
          Kind.UNAVAILABLE,
          "SageMaker Runtime is not available (status " + error.statusCode() + ").",
          "Try again in a moment.",
          error);
    }
    return failure(
        Kind.INVALID_REQUEST,
        "SageMaker Runtime does not take the request (" + code + ").",
        "Check the endpoint's kind and the address " + address + ".",
        error);
  }

  private EndpointFailure client(SdkClientException error) {
    String message = Objects.requireNonNullElse(error.getMessage(), "");
    if (message.contains("credentials")) {
      return failure(
          Kind.DENIED,
          "there are no usable AWS credentials.",
          "Set AWS_PROFILE, or sign in (`aws sso login`).",
          error);
    }
    return transport(error);
  }

  private EndpointFailure transport(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return failure(
            Kind.UNAVAILABLE,
            "nothing answers at " + address + ".",
            "Check that the endpoint runs (`slipway status`) and that the address is right.",
            error);
      }
      if (cause.getClass().getSimpleName().equals("ReadTimeoutException")) {
        return timeout(error);
      }
    }
    return failure(
        Kind.UNAVAILABLE,
        "the connection to " + address + " failed.",
        "Try again; `slipway status` says how the endpoint is.",
        error);
  }

  private EndpointFailure failure(Kind kind, String why, String next, @Nullable Throwable cause) {
    return new EndpointFailure(
        kind, OptionalInt.empty(), "\"" + endpoint + "\" did not answer", why, next, cause);
  }

  private static String message(AwsServiceException error) {
    String message =
        error.awsErrorDetails() == null
            ? ""
            : Objects.requireNonNullElse(error.awsErrorDetails().errorMessage(), "");
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

  private static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return cause != null
            && (thrown instanceof CompletionException || thrown instanceof ExecutionException)
        ? unwrap(cause)
        : thrown;
  }
}
