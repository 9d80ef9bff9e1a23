package dev.slipway.api;

import dev.slipway.rag.Answerer.Answer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes how long steps took, in milliseconds to the microsecond, in their order. */
final class Timings {
  private Timings() {}

  static Map<String, Double> of(Answer answer) {
    return of(answer.timings());
  }

  static Map<String, Double> of(Map<String, Duration> steps) {
    Map<String, Double> milliseconds = new LinkedHashMap<>();
    steps.forEach((step, took) -> milliseconds.put(step, millis(took)));
    return milliseconds;
  }

  static double millis(Duration time) {
    return Math.round(time.toNanos() / 1e3) / 1e3;
  }
}
