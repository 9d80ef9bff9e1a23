package dev.slipway.local.container;

import dev.slipway.local.loopback.CallerWatch;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Supplier;

/** Serves {@code /ping} and {@code /invocations} on loopback, from before the model is loaded. */
final class ContainerServer implements AutoCloseable {
  private final Supplier<ModelState> model;
  private final EngineCounters counters;
  private final Json json = new Json();
  private final WebServer server;

  /**
   * Makes a server; {@link #start} starts it.
   *
   * @param port 0 for a free one
   */
  ContainerServer(int port, Supplier<ModelState> model, EngineCounters counters, Limits limits) {
    this.model = model;
    this.counters = counters;
    CallerWatch callers = new CallerWatch();
    Invocations invocations =
        new Invocations(model, limits, callers, new BodyReader(), json, Clock.systemUTC());
    var builder =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .port(port)
            .shutdownHook(false)
            .routing(
                routes ->
                    routes
                        .get("/ping", this::ping)
                        .get("/slipway/engine", this::engine)
                        .post("/invocations", invocations::answer)
                        .post("/v1/chat/completions", invocations::answer)
                        .post("/v1/completions", invocations::answer)
                        .post("/tokenize", invocations::tokenize));
    callers.addTo(builder);
    this.server = builder.build();
  }

  /** Starts to listen, and returns the port. */
  int start() {
    server.start();
    return server.port();
  }

  private void ping(ServerRequest request, ServerResponse response) {
    switch (model.get()) {
      case ModelState.Ready _ -> send(response, 200, Json.map("status", "ok"));
      case ModelState.Loading _ -> send(response, 503, Json.map("status", "loading"));
      case ModelState.Failed failed ->
          send(response, 500, Json.map("status", "failed", "reason", failed.reason()));
    }
  }

  private void engine(ServerRequest request, ServerResponse response) {
    int waiting = model.get() instanceof ModelState.Ready ready ? ready.engine().waiting() : 0;
    send(
        response,
        200,
        Json.map(
            "active", counters.active.get(),
            "waiting", waiting,
            "completed", counters.completed.get(),
            "cancelled", counters.cancelled.get(),
            "failed", counters.failed.get(),
            "tokens", counters.tokens.get()));
  }

  private void send(ServerResponse response, int status, Object document) {
    response.status(Status.create(status));
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(json.line(document).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop();
  }
}
