package dev.slipway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /health/live} and {@code /health/ready}, for whatever watches the service. Thread-safe.
 */
final class HealthRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);

  private final Supplier<Readiness> readiness;
  private final BooleanSupplier closing;

  HealthRoutes(Supplier<Readiness> readiness, BooleanSupplier closing) {
    this.readiness = readiness;
    this.closing = closing;
  }

  List<Route<?>> routes() {
    return List.of(
        Route.get("/health/live", "live", Route.Nothing.class)
            .summary("Say whether the process answers")
            .access(Route.Access.OPEN)
            .steady()
            .answers(200, "It does.", Live.class)
            .handledBy(call -> Reply.Json.ok(new Live("live"))),
        Route.get("/health/ready", "ready", Route.Nothing.class)
            .summary("Say whether questions can be answered now")
            .access(Route.Access.OPEN)
            .steady()
            .answers(200, "They can.", Ready.class)
            .answers(503, "They can't, for these reasons.", Ready.class)
            .handledBy(call -> ready()));
  }

  private Reply ready() {
    List<Readiness.Check> checks = new ArrayList<>();
    try {
      checks.addAll(readiness.get().checks());
    } catch (RuntimeException e) {
      LOG.warn("Cannot tell whether the service is ready", Stack.of(e));
      checks.add(Readiness.Check.notReady("readiness", "The check itself failed."));
    }
    if (closing.getAsBoolean()) {
      checks.add(Readiness.Check.notReady("service", "The service is stopping."));
    }
    boolean ready = new Readiness(checks).ready();
    Ready body =
        new Ready(
            ready ? "ready" : "not_ready",
            checks.stream()
                .map(
                    check ->
                        new ReadyCheck(
                            check.name(),
                            check.passed(),
                            check.state().name().toLowerCase(Locale.ROOT),
                            check.reason()))
                .toList());
    return ready ? Reply.Json.ok(body) : new Reply.Json(503, body, Map.of("Retry-After", "5"));
  }

  /** The process answers. */
  record Live(@Field(oneOf = "live") String status) {}

  /** Whether questions can be answered. */
  record Ready(@Field(oneOf = {"ready", "not_ready"}) String status, List<ReadyCheck> checks) {}

  /** One thing that must be there. */
  record ReadyCheck(
      @Field("What it is.") String name,
      @Field("Whether questions can be answered with it as it is.") boolean ready,
      @Field(
              value = "A sleeping endpoint wakes with the next question; a broken one fails.",
              oneOf = {"ready", "sleeping", "not_ready", "broken"})
          String state,
      @Field(value = "Why it is so; null if it is ready.", nullable = true)
          Optional<String> reason) {}
}
