package dev.slipway.cli;

import dev.slipway.failure.Failure;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells a person, or a script, of a failure: what happened, why, what to do next. */
final class FailureReport {
  /** What a failure begins with where it is told to a person. */
  static final String BEGINNING = "error:";

  private FailureReport() {}

  static void print(Console console, Failure failure, boolean json) {
    if (json) {
      console.json(document(failure));
      return;
    }
    String why = failure.why();
    if (why.contains("\n")) {
      console.plain(console.red(BEGINNING) + " " + failure.what() + ":");
      why.lines().forEach(line -> console.plain("  " + line));
    } else {
      console.plain(
          console.red(BEGINNING) + " " + failure.what() + (why.isEmpty() ? "." : ": " + why));
    }
    console.plain(failure.next());
  }

  /** Returns the contract's {@code {"error": ...}}. */
  static Map<String, Object> document(Failure failure) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", failure.code());
    error.put("what", failure.what());
    error.put("why", failure.why());
    error.put("next", failure.next());
    error.put("retriable", failure.retriable());
    return Map.of("error", error);
  }
}
