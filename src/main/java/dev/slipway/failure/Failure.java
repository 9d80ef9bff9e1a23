package dev.slipway.failure;

import org.jspecify.annotations.Nullable;

/**
 * Says what went wrong, why, and what to do next, as plain text that holds no secret and no prompt.
 *
 * <p>The tree is sealed: the command line maps it to an exit code in one switch, the HTTP service
 * to a status in another.
 */
public abstract sealed class Failure extends RuntimeException
    permits CloudFailure,
        EndpointFailure,
        GateFailed,
        Interrupted,
        LockHeld,
        ManifestInvalid,
        OperationFailed,
        Overloaded,
        Refused,
        RolledBack,
        StillWorking,
        UsageFailure,
        Withheld {

  private final String code;
  private final String what;
  private final String why;
  private final String next;
  private final boolean retriable;

  /**
   * Makes a failure of its three parts.
   *
   * @param code a stable name in snake_case that scripts may switch on
   * @param what what happened, without a final full stop
   * @param why the reason, one or more sentences; empty where {@code what} says it all
   * @param next what to do, one or more sentences
   * @param retriable whether the same call can succeed later with nothing changed
   * @param cause the failure beneath, or null
   */
  Failure(
      String code,
      String what,
      String why,
      String next,
      boolean retriable,
      @Nullable Throwable cause) {
    super(why.isEmpty() ? what : what + ": " + why, cause);
    this.code = code;
    this.what = what;
    this.why = why;
    this.next = next;
    this.retriable = retriable;
  }

  /** Returns the stable snake_case name of this failure. */
  public final String code() {
    return code;
  }

  /** Returns what happened. */
  public final String what() {
    return what;
  }

  /** Returns the reason, or an empty text. */
  public final String why() {
    return why;
  }

  /** Returns what to do next. */
  public final String next() {
    return next;
  }

  /** Returns what happened and why as a sentence, then what to do. */
  public final String sentences() {
    String said = what + (why.isEmpty() ? "" : ": " + why);
    return (endsSentence(said) ? said : said + ".") + (next.isEmpty() ? "" : " " + next);
  }

  private static boolean endsSentence(String text) {
    return text.endsWith(".") || text.endsWith("!") || text.endsWith("?");
  }

  /** Returns whether the same call can succeed later with nothing changed. */
  public final boolean retriable() {
    return retriable;
  }
}
