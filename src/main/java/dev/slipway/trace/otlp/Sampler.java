package dev.slipway.trace.otlp;

import dev.slipway.trace.Trace;
import java.util.List;
import java.util.Optional;

/**
 * Says which questions a collector is told of.
 *
 * @param parentDecides whether a caller's own decision holds for its questions
 * @param share of the questions, from 0 to 1, chosen by trace id as OpenTelemetry's {@code
 *     traceidratio} does
 */
public record Sampler(boolean parentDecides, double share) {
  static final Sampler EVERYTHING = new Sampler(true, 1);
  static final List<String> NAMES =
      List.of(
          "always_on",
          "always_off",
          "traceidratio",
          "parentbased_always_on",
          "parentbased_always_off",
          "parentbased_traceidratio");

  /** Reads one by its standard name; absent if there is none of that name or share. */
  static Optional<Sampler> of(String name, String share) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    boolean parent = name.startsWith("parentbased_");
    if (name.endsWith("always_on")) {
      return Optional.of(new Sampler(parent, 1));
    }
    if (name.endsWith("always_off")) {
      return Optional.of(new Sampler(parent, 0));
    }
    try {
      double number = Double.parseDouble(share);
      return number >= 0 && number <= 1
          ? Optional.of(new Sampler(parent, number))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Returns whether the collector is told of a question. */
  boolean takes(Trace trace) {
    if (parentDecides && trace.parent().isPresent()) {
      return trace.parent().get().sampled();
    }
    if (share >= 1) {
      return true;
    }
    String id = trace.parent().map(parent -> parent.traceId()).orElse(trace.id());
    long low = Long.parseUnsignedLong(id.substring(16), 16) & Long.MAX_VALUE;
    return low < share * Long.MAX_VALUE;
  }
}
