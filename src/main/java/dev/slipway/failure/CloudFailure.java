package dev.slipway.failure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says that the cloud did not do what it was asked (exit code 1). */
public final class CloudFailure extends Failure {

  /** Why a call failed, as far as the caller must tell cases apart. */
  public enum Kind {
    /** There are no credentials, or they have expired or are wrong. */
    CREDENTIALS,
    /** The credentials may not do this. */
    DENIED,
    /** Nothing answered: no network, no name, no time left. The call may have been accepted. */
    UNREACHABLE,
    /** Too many calls, even after the retries. */
    THROTTLED,
    /** What the call is about is in another state than it needs, such as an update in progress. */
    CONFLICT,
    /** What the call is about isn't there. */
    NOT_FOUND,
    /** An account's quota is used up. */
    QUOTA,
    /** The request is one that the cloud doesn't take. */
    INVALID,
    /** The cloud failed by itself. */
    INTERNAL
  }

  private final Kind kind;

  /** Makes a failure of the given kind; its code is {@code cloud_} and the kind's name. */
  public CloudFailure(Kind kind, String what, String why, String next, @Nullable Throwable cause) {
    super(
        "cloud_" + kind.name().toLowerCase(Locale.ROOT),
        what,
        why,
        next,
        switch (kind) {
          case UNREACHABLE, THROTTLED, CONFLICT, INTERNAL -> true;
          case CREDENTIALS, DENIED, NOT_FOUND, QUOTA, INVALID -> false;
        },
        cause);
    this.kind = kind;
  }

  /** Returns why the call failed. */
  public Kind kind() {
    return kind;
  }
}
