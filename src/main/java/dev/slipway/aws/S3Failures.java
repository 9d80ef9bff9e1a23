package dev.slipway.aws;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.model.RelativePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what the SDK's exceptions mean for a bucket or a model. AWS's own sentences are left out,
 * since they can quote a signature.
 */
final class S3Failures {
  private final String what;
  private final String account;

  private S3Failures(String what, String account) {
    this.what = what;
    this.account = account;
  }

  /**
   * Maps failures of one bucket.
   *
   * @param account who must own it
   */
  static S3Failures ofBucket(String bucket, String account) {
    return new S3Failures("Cannot use the bucket " + bucket, account);
  }

  /** Maps failures of reading a model that lies somewhere in the cloud. */
  static S3Failures ofModel(String source) {
    return new S3Failures("Cannot read the model " + RelativePath.quoted(source), "");
  }

  /**
   * Calls, and throws what the SDK's exceptions stand for.
   *
   * @param action the permission that the call needs
   */
  <T> T call(String action, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw of(action, e);
    }
  }

  /** Returns the failure that an exception of the SDK stands for. */
  Failure of(String action, SdkException thrown) {
    return switch (thrown) {
      case AbortedException aborted -> interrupted();
      case AwsServiceException refused -> refused(action, refused);
      case SdkClientException failed when Thread.currentThread().isInterrupted() -> interrupted();
      case SdkClientException failed -> failed(action, failed);
      default -> unreachable(action, thrown);
    };
  }

  /** S3 has a few codes whose remedy, or sort, no other service's have. */
  private CloudFailure refused(String action, AwsServiceException error) {
    String code = error.statusCode() == 301 ? "PermanentRedirect" : CloudFailures.code(error);
    return switch (code) {
      case "NoSuchBucket" ->
          failure(
              Kind.NOT_FOUND,
              "there is no such bucket in this partition",
              "Check the name; `slipway deploy` makes the deployment's own again.",
              error);
      case "PermanentRedirect" ->
          failure(
              Kind.INVALID,
              "the bucket is in another region",
              "Set AWS_REGION to that one.",
              error);
      case "RequestTimeout" -> refused(Kind.INTERNAL, action, code, error);
      default -> refused(CloudFailures.kind(error), action, code, error);
    };
  }

  private CloudFailure refused(Kind kind, String action, String code, AwsServiceException error) {
    return switch (kind) {
      case CREDENTIALS ->
          failure(
              kind,
              code.startsWith("Expired") || code.equals("TokenRefreshRequired")
                  ? "the AWS credentials have expired"
                  : "AWS refuses the credentials (" + code + ")",
              "Sign in again (`aws sso login`), or check AWS_PROFILE.",
              error);
      case THROTTLED ->
          failure(kind, "AWS asks to slow down (" + code + ")", "Try again in a minute.", error);
      case DENIED ->
          failure(
              kind,
              "the credentials in use may not "
                  + action
                  + ", or the bucket isn't account "
                  + account
                  + "'s",
              "Allow "
                  + action
                  + " on it, and see whose bucket it is: Slipway uses none of another"
                  + " account.",
              error);
      case NOT_FOUND -> failure(kind, "AWS has no such thing (" + code + ")", "Try again.", error);
      case CONFLICT ->
          failure(
              kind,
              "somebody else changed the object at the same time (" + code + ")",
              "Try again.",
              error);
      case INTERNAL, UNREACHABLE ->
          failure(kind, "AWS failed by itself (" + code + ")", "Try again.", error);
      case INVALID, QUOTA ->
          failure(
              kind,
              "AWS doesn't take the request for " + action + " (" + code + ")",
              "Check the bucket's settings and AWS_ENDPOINT_URL.",
              error);
    };
  }

  private CloudFailure failed(String action, SdkClientException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof UncheckedIOException) {
        return unreachable(action, error);
      }
    }
    String message = Objects.requireNonNullElse(error.getMessage(), "").toLowerCase(Locale.ROOT);
    return message.contains("credential") || message.contains("sso") || message.contains("profile")
        ? failure(
            Kind.CREDENTIALS,
            "there are no AWS credentials that can be used",
            "Set AWS_PROFILE, or sign in (`aws sso login`).",
            error)
        : unreachable(action, error);
  }

  private CloudFailure unreachable(String action, SdkException error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return failure(
        Kind.UNREACHABLE,
        "no answer to " + action + " (" + root.getClass().getSimpleName() + ")",
        "Check the network, the proxy and AWS_ENDPOINT_URL, then try again.",
        error);
  }

  private static Interrupted interrupted() {
    Thread.currentThread().interrupt();
    return new Interrupted(
        "The call to AWS was stopped", "this process was told to stop.", "Run again.");
  }

  CloudFailure failure(Kind kind, String why, String next, @Nullable Throwable cause) {
    return new CloudFailure(kind, what, why, next, cause);
  }
}
