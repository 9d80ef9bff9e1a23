package dev.slipway.aws;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what the SDK's exceptions mean: the one place where its error codes are known.
 *
 * <p>AWS's own sentences are repeated only where they tell the user something, and never those
 * about signatures and tokens.
 */
final class CloudFailures {
  /** AWS's sentences are short; a longer one holds a document. */
  private static final int MOST_CHARACTERS = 500;

  private static final Set<String> CREDENTIALS =
      Set.of(
          "AuthFailure",
          "ExpiredToken",
          "ExpiredTokenException",
          "IncompleteSignature",
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "InvalidIdentityToken",
          "InvalidSignatureException",
          "InvalidToken",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "NotSignedUp",
          "OptInRequired",
          "RequestExpired",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch",
          "TokenRefreshRequired",
          "UnauthorizedException",
          "UnrecognizedClientException");

  private static final Set<String> NOT_FOUND =
      Set.of(
          "ChangeSetNotFound",
          "ChangeSetNotFoundException",
          "ClusterNotFoundException",
          "NoSuchBucket",
          "NoSuchEntity",
          "NoSuchKey",
          "NoSuchUpload",
          "ObjectNotFoundException",
          "RepositoryNotFoundException",
          "ResourceNotFound",
          "ResourceNotFoundException",
          "StackNotFoundException");

  private static final Set<String> CONFLICT =
      Set.of(
          "AlreadyExistsException",
          "BucketAlreadyExists",
          "BucketAlreadyOwnedByYou",
          "BucketNotEmpty",
          "ConcurrentModification",
          "ConcurrentUpdateException",
          "ConditionalRequestConflict",
          "ConflictException",
          "InvalidChangeSetStatus",
          "InvalidChangeSetStatusException",
          "NameAlreadyExistsException",
          "OperationAborted",
          "OperationAbortedException",
          "OperationInProgressException",
          "ResourceInUse",
          "ResourceInUseException",
          "StaleRequestException",
          "TokenAlreadyExistsException");

  private static final Set<String> QUOTA =
      Set.of(
          "ConcurrentResourcesLimitExceeded",
          "LimitExceeded",
          "LimitExceededException",
          "ResourceLimitExceeded",
          "ResourceLimitExceededException",
          "ServiceQuotaExceededException");

  /** The two codes of requests that some services use for everything. */
  private static final Set<String> VALIDATION = Set.of("ValidationError", "ValidationException");

  private static final Pattern ABSENT =
      Pattern.compile(
          "(?i)does not exist|could not find|cannot find|not found|no longer exist|no scalable target found");

  private static final Pattern OTHER_STATE =
      Pattern.compile(
          "(?i)in-progress|in progress|current (stack )?(status|state)|is in [A-Z_]+ stat"
              + "|_(IN_PROGRESS|COMPLETE|FAILED) state|cannot be (updated|deleted) (while|when)");

  private final AwsEnvironment environment;

  CloudFailures(AwsEnvironment environment) {
    this.environment = environment;
  }

  /** Calls, and throws what the SDK's exceptions stand for. */
  <T> T call(Ask ask, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException thrown) {
      throw of(ask, thrown);
    }
  }

  /** Calls; absent if what it is about isn't there. */
  <T> Optional<T> find(Ask ask, Supplier<T> call) {
    try {
      return Optional.of(call(ask, call));
    } catch (CloudFailure failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Returns the failure that an exception of the SDK stands for. */
  Failure of(Ask ask, SdkException thrown) {
    return switch (thrown) {
      case AbortedException aborted -> interrupted(ask);
      case AwsServiceException refused -> service(ask, refused);
      case ApiCallTimeoutException late -> unreachable(ask, late);
      case ApiCallAttemptTimeoutException late -> unreachable(ask, late);
      case SdkClientException failed -> client(ask, failed);
      case SdkException other -> unreachable(ask, other);
    };
  }

  private CloudFailure service(Ask ask, AwsServiceException error) {
    String code = code(error);
    String said = said(error);
    return switch (kind(error, code, said)) {
      case CREDENTIALS -> credentials(ask, code, error);
      case DENIED ->
          failure(
              Kind.DENIED,
              ask,
              "the credentials in use may not "
                  + ask.action()
                  + " on "
                  + ask.resource()
                  + (said.isEmpty() ? "" : " (" + said + ")"),
              "Allow " + ask.action() + " for them; docs/permissions.md has the whole policy.",
              error);
      case UNREACHABLE -> unreachable(ask, error);
      case THROTTLED ->
          failure(
              Kind.THROTTLED,
              ask,
              "AWS limits how often the account may " + ask.action() + " (" + code + ")",
              "Try again in a minute.",
              error);
      case CONFLICT ->
          failure(
              Kind.CONFLICT,
              ask,
              sentence(code, said),
              "Wait until what goes on is over (`slipway status --watch`), then try again.",
              error);
      case NOT_FOUND ->
          failure(
              Kind.NOT_FOUND,
              ask,
              sentence(code, said),
              "Check the name, the region (" + environment.region() + ") and the account.",
              error);
      case QUOTA ->
          failure(
              Kind.QUOTA,
              ask,
              "a quota of the account is used up: " + sentence(code, said),
              "Ask for more in Service Quotas (region "
                  + environment.region()
                  + "), or choose another instance or fewer of them.",
              error);
      case INVALID ->
          failure(
              Kind.INVALID,
              ask,
              "AWS doesn't take the request: " + sentence(code, said),
              "Correct what it names; `slipway plan` shows what would be sent.",
              error);
      case INTERNAL ->
          failure(
              Kind.INTERNAL,
              ask,
              "AWS failed by itself (status " + error.statusCode() + ", " + code + ")",
              "Try again; health.aws.amazon.com says if a service is disturbed.",
              error);
    };
  }

  /** Returns what sort of refusal an error of AWS is, of whichever service. */
  static Kind kind(AwsServiceException error) {
    return kind(error, code(error), said(error));
  }

  private static Kind kind(AwsServiceException error, String code, String said) {
    if (CREDENTIALS.contains(code) || error.statusCode() == 401) {
      return Kind.CREDENTIALS;
    }
    if (error.isThrottlingException() || said.startsWith("Rate exceeded")) {
      return Kind.THROTTLED;
    }
    if (NOT_FOUND.contains(code)) {
      return Kind.NOT_FOUND;
    }
    if (CONFLICT.contains(code)) {
      return Kind.CONFLICT;
    }
    if (QUOTA.contains(code)) {
      return Kind.QUOTA;
    }
    if (VALIDATION.contains(code)) {
      // A stack in another state is named in the same breath as what it can't do.
      return OTHER_STATE.matcher(said).find()
          ? Kind.CONFLICT
          : ABSENT.matcher(said).find() ? Kind.NOT_FOUND : Kind.INVALID;
    }
    if (error.statusCode() == 403 || code.startsWith("AccessDenied")) {
      return Kind.DENIED;
    }
    if (error.statusCode() == 404) {
      return Kind.NOT_FOUND;
    }
    if (error.statusCode() == 409 || error.statusCode() == 412) {
      return Kind.CONFLICT;
    }
    return error.statusCode() >= 500 ? Kind.INTERNAL : Kind.INVALID;
  }

  private CloudFailure client(Ask ask, SdkClientException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return unreachable(ask, error);
      }
    }
    String message = Objects.requireNonNullElse(error.getMessage(), "").toLowerCase(Locale.ROOT);
    return message.contains("credential")
            || message.contains("token")
            || message.contains("sso")
            || message.contains("profile")
        ? credentials(ask, "", error)
        : unreachable(ask, error);
  }

  private CloudFailure credentials(Ask ask, String code, SdkException error) {
    String why =
        switch (code) {
          case "" -> "there are no AWS credentials that can be used, or the session has expired";
          case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired" ->
              "the AWS credentials have expired";
          case "RequestExpired", "RequestTimeTooSkewed" ->
              "AWS refuses the time of the request (" + code + "): this machine's clock is wrong";
          case "NotSignedUp", "OptInRequired" ->
              "the account isn't opted in to this service or region (" + code + ")";
          default -> "AWS refuses the credentials (" + code + ")";
        };
    return failure(Kind.CREDENTIALS, ask, why, environment.signIn(), error);
  }

  private CloudFailure unreachable(Ask ask, SdkException error) {
    return failure(
        Kind.UNREACHABLE,
        ask,
        "no answer to " + ask.action() + " (" + root(error) + ")",
        "Check the network, the proxy, the region ("
            + environment.region()
            + ") and AWS_ENDPOINT_URL, then try again.",
        error);
  }

  private static Interrupted interrupted(Ask ask) {
    Thread.currentThread().interrupt();
    return new Interrupted(
        ask.what(),
        "this process was told to stop during the call.",
        "Look at what is there: slipway status");
  }

  private static CloudFailure failure(
      Kind kind, Ask ask, String why, String next, SdkException error) {
    return new CloudFailure(kind, ask.what(), why, next, error);
  }

  /** Returns the class of what failed beneath, whose message may hold an address with a token. */
  private static String root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName().replace("Exception", "");
  }

  private static String sentence(String code, String said) {
    return said.isEmpty() ? code : said + " (" + code + ")";
  }

  /** Returns the error's code, or its status where it has none. */
  static String code(AwsServiceException error) {
    String code = error.awsErrorDetails() == null ? null : error.awsErrorDetails().errorCode();
    return code == null || code.isBlank() ? "status " + error.statusCode() : code;
  }

  private static String said(AwsServiceException error) {
    String said = error.awsErrorDetails() == null ? null : error.awsErrorDetails().errorMessage();
    String text = said == null ? "" : said.strip();
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
  }
}
