package dev.slipway.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Something that a check before a deploy found out.
 *
 * @param code a stable name in snake_case: {@code quota_zero}, {@code model_too_large}
 * @param severity whether the deploy may go on
 * @param what what was found
 * @param why the reason, with its figures; empty where {@code what} says it all
 * @param next what to do
 */
public record Finding(String code, Severity severity, String what, String why, String next) {

  /** Whether a deploy may go on. */
  public enum Severity {
    /** It can't work: exit code 4. */
    REFUSE,
    /** It may work. */
    WARN,
    /** Worth knowing. */
    INFO;

    /** Returns the name in documents: {@code warn}. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
