package dev.slipway.api;

import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceRecorder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells a sleeping endpoint from a broken one, by what questions met: probing would cost, and would
 * keep awake what is to sleep. Thread-safe. Registers {@code slipway_endpoint_state{state}}, 1 for
 * the state that holds.
 */
final class EndpointHealth implements TraceRecorder {
  /** One failure may be chance. */
  static final int FAILURES = 3;

  /** After this a failure says nothing of now; the next question finds out. */
  static final Duration VALID = Duration.ofSeconds(60);

  private static final String NAME = "endpoint";

  /** No question can bring these about by itself. */
  private static final Set<String> BROKEN =
      Set.of("endpoint_unavailable", "endpoint_not_found", "endpoint_denied", "endpoint_malformed");

  private static final String ASLEEP = "endpoint_not_ready";

  private final Supplier<Optional<String>> known;
  private final LongSupplier nanoTime;
  private Readiness.State state = Readiness.State.READY;
  private String reason = "";
  private int failures;
  private long seenNanos;

  /**
   * Makes one.
   *
   * @param known why the endpoint can't be asked, where that is known without asking it
   * @param nanoTime the clock
   */
  EndpointHealth(Supplier<Optional<String>> known, MeterRegistry registry, LongSupplier nanoTime) {
    this.known = known;
    this.nanoTime = nanoTime;
    for (Readiness.State each : Readiness.State.values()) {
      Gauge.builder("slipway.endpoint.state", () -> check().state() == each ? 1 : 0)
          .tag("state", each.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  @Override
  public synchronized void record(Trace trace) {
    String error = trace.error().orElse("");
    if (error.isEmpty()) {
      failures = 0;
      state = Readiness.State.READY;
    } else if (error.equals(ASLEEP)) {
      failures = 0;
      seen(Readiness.State.SLEEPING, "It has no copy running; a question wakes it.");
    } else if (BROKEN.contains(error)) {
      failures++;
      if (failures >= FAILURES) {
        seen(Readiness.State.BROKEN, "The last " + failures + " questions met " + error + ".");
      }
    }
  }

  private void seen(Readiness.State now, String why) {
    state = now;
    reason = why;
    seenNanos = nanoTime.getAsLong();
  }

  /** Returns how the endpoint is, as far as is known. */
  Readiness.Check check() {
    Optional<String> why = known.get();
    if (why.isPresent()) {
      return Readiness.Check.notReady(NAME, why.get());
    }
    synchronized (this) {
      boolean old = nanoTime.getAsLong() - seenNanos > VALID.toNanos();
      return switch (state) {
        case SLEEPING -> Readiness.Check.sleeping(NAME, reason);
        case BROKEN -> old ? Readiness.Check.ready(NAME) : Readiness.Check.broken(NAME, reason);
        case READY, NOT_READY -> Readiness.Check.ready(NAME);
      };
    }
  }
}
