package dev.slipway.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Overloaded;
import dev.slipway.failure.Withheld;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.trace.TraceParent;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request: finds its route, lets the guards look at it, reads it, has it answered, and
 * puts what goes wrong into the shape that its caller reads. Thread-safe.
 */
final class FrontDoor implements Handler {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  private static final Logger ACCESS = LoggerFactory.getLogger("dev.slipway.api.access");

  /** The log's own status for a client that left, as nginx has it. */
  private static final int CLIENT_CLOSED = 499;

  /** How long past its deadline a request may hang on its client. */
  private static final Duration HANG = Duration.ofSeconds(2);

  private static final Pattern JSON_TYPE =
      Pattern.compile(
          "application/([a-z0-9.+-]+\\+)?json(\\s*;\\s*charset\\s*=\\s*\"?utf-?8\"?)?\\s*;?");

  private final RouteTable routes;
  private final Json json;
  private final Guard guard;
  private final ApiSpec.Limits limits;
  private final ApiMetrics metrics;
  private final Watchdog watchdog;
  private final Origins origins;

  FrontDoor(
      RouteTable routes,
      Json json,
      Guard guard,
      ApiSpec.Limits limits,
      ApiMetrics metrics,
      Watchdog watchdog,
      Origins origins) {
    this.routes = routes;
    this.json = json;
    this.guard = guard;
    this.limits = limits;
    this.metrics = metrics;
    this.watchdog = watchdog;
    this.origins = origins;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long began = System.nanoTime();
    Exchange exchange = new Exchange(request, response, watchdog);
    String requestId = RequestIds.of(exchange.header("x-request-id"));
    exchange.set("x-request-id", requestId);
    SecurityHeaders.READY.forEach(exchange::set);
    origins.headers().forEach(exchange::set);
    RouteTable.Match match =
        routes.find(exchange.method(), exchange.path(), exchange.header("Accept").orElse(""));
    String label =
        match instanceof RouteTable.Match.Found found ? found.route().path() : "unmatched";
    int status = CLIENT_CLOSED;
    metrics.requestBegins();
    try (Watchdog.Leash _ = watchdog.leash(limits.deadline().plus(HANG))) {
      answer(exchange, match, requestId);
      status = exchange.status();
    } catch (ClientGone e) {
      LOG.debug("The client of request {} is gone", requestId, e.getCause());
      if (exchange.events().begun()) {
        metrics.cancelled(label);
      }
      throw new CloseConnectionException("the client is gone", e);
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      metrics.requestEnds(exchange.method(), label, status, took);
      ACCESS.info(
          "{} {} {} {} ms id={}",
          ApiMetrics.known(exchange.method()),
          label,
          status,
          took.toMillis(),
          requestId);
    }
  }

  private void answer(Exchange exchange, RouteTable.Match match, String requestId) {
    ErrorShape errors = ErrorShape.at(exchange.path());
    try {
      boolean shared = origins.check(exchange, metrics);
      switch (match) {
        case RouteTable.Match.Found found ->
            answer(exchange, found.route(), found.variables(), requestId);
        case RouteTable.Match.OtherMethods others -> {
          if (!exchange.method().equals("OPTIONS")) {
            throw new Rejected(Problem.methodNotAllowed(others.allow()));
          }
          Map<String, String> headers =
              shared ? Origins.preflight(others.allow()) : Map.of("Allow", others.allow());
          exchange.send(204, "", new byte[0], headers);
        }
        case RouteTable.Match.None none -> throw new Rejected(Problem.notFound());
      }
    } catch (ClientGone e) {
      throw e;
    } catch (RuntimeException e) {
      Problem problem = problem(e, requestId);
      exchange.send(
          errors.status(problem),
          "application/json",
          json.write(errors.body(problem)),
          problem.headers());
    }
  }

  /** Says what went wrong, and logs what the caller can't have caused. */
  private Problem problem(RuntimeException e, String requestId) {
    return switch (e) {
      case Rejected rejected -> {
        if (rejected.problem().status() == 413) {
          metrics.rejected(ApiMetrics.Rejection.SIZE);
        }
        yield rejected.problem();
      }
      case Invalid invalid -> Problem.invalid(invalid.violations());
      case Withheld withheld -> {
        metrics.rejected(ApiMetrics.Rejection.CHECK);
        yield Problem.of(withheld);
      }
      case Failure failure -> {
        Problem problem = Problem.of(failure);
        // A refusal for want of a place is no fault, and comes in floods.
        if (problem.status() >= 500 && !(failure instanceof Overloaded)) {
          LOG.warn("Request {} failed: {}", requestId, failure.getMessage());
        }
        yield problem;
      }
      default -> {
        // The stack says where; the message could quote what was asked.
        LOG.error("Request {} failed unexpectedly", requestId, Stack.of(e));
        yield Problem.internal();
      }
    };
  }

  private <Q extends Record> void answer(
      Exchange exchange, Route<Q> route, Map<String, String> variables, String requestId) {
    Deadline deadline = Deadline.in(limits.deadline());
    InetAddress remote = exchange.remote().orElseGet(InetAddress::getLoopbackAddress);
    Caller caller = guard.admit(route, exchange.header("Authorization"), remote, exchange::set);
    Optional<JsonNode> body = route.bodies() ? Optional.of(body(exchange)) : Optional.empty();
    Record input =
        RecordReader.read(json.shape(route.request()), body, exchange.query(), variables);
    Call<Q> call =
        new Call<>(
            route.request().cast(input),
            requestId,
            caller,
            route.path(),
            deadline,
            TraceParent.of(exchange.header("traceparent")),
            exchange.header("If-None-Match").orElse(""));
    switch (route.handler().apply(call)) {
      case Reply.Json reply ->
          exchange.send(
              reply.status(), "application/json", json.write(reply.body()), reply.headers());
      case Reply.Bytes reply ->
          exchange.send(reply.status(), reply.contentType(), reply.body(), reply.headers());
      case Reply.Events reply -> stream(exchange, reply.feed(), route.path(), requestId);
    }
  }

  private JsonNode body(Exchange exchange) {
    // Without a type it is taken for JSON, as FastAPI does: plain clients leave it out.
    String type = exchange.header("Content-Type").orElse("application/json");
    if (!JSON_TYPE.matcher(type.strip().toLowerCase(Locale.ROOT)).matches()) {
      throw new Rejected(Problem.unsupportedMediaType());
    }
    byte[] bytes = exchange.body(limits.bodyBytes());
    return json.read(bytes);
  }

  private void stream(Exchange exchange, Reply.Feed feed, String label, String requestId) {
    EventStream events = exchange.events();
    try {
      feed.write(events);
    } catch (ClientGone e) {
      throw e;
    } catch (RuntimeException e) {
      if (!events.begun()) {
        throw e;
      }
      metrics.failed(label);
      events.send(feed.failure(problem(e, requestId)));
    }
    events.end();
    exchange.streaming();
  }
}
