package dev.slipway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.slipway.access.Scope;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.rag.Answerer;
import dev.slipway.trace.FeedbackRecorder;
import dev.slipway.trace.TraceLog;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Serves the business layer over HTTP/1.1. Thread-safe; made once, started once, closed once. It
 * closes none of its collaborators.
 */
final class ApiServer implements AutoCloseable {
  /** The head of a request: method, path and query; more is 414. */
  private static final int MAX_REQUEST_LINE = 8192;

  private static final int MAX_HEADERS = 16_384;

  private static final Duration KEPT_OPEN = Duration.ofMinutes(5);

  /** Time to tell those who still read why their answer ends. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Listen listen;
  private final WebServer server;
  private final Watchdog watchdog = new Watchdog();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Questions questions;
  private final RagJobs jobs;

  /**
   * Whom the service works with.
   *
   * @param name the deployment's name, which is also the model's name for OpenAI's clients
   * @param version the service's version, for the document
   * @param answerer answers questions
   * @param traces what prompt monitoring keeps
   * @param feedback takes what is thought of answers
   * @param readiness is asked at every {@code /health/ready}: it must answer within a second or so
   * @param limits what the service takes at most
   * @param entrance who is let in, and how
   * @param jobs how questions are kept whose callers come back for the answer
   * @param metrics where everything is counted, others' counts beside it
   */
  public record Collaborators(
      DeploymentName name,
      String version,
      Answerer answerer,
      TraceLog traces,
      FeedbackRecorder feedback,
      Supplier<Readiness> readiness,
      ApiSpec.Limits limits,
      Entrance entrance,
      RagJobs.Settings jobs,
      PrometheusMeterRegistry metrics) {}

  /**
   * Where the service listens.
   *
   * @param host an address or a name of this machine
   * @param port a TCP port; 0 means a free one
   * @param drain how long {@link ApiServer#close} waits for the requests that are being answered
   */
  public record Listen(String host, int port, Duration drain) {
    /** Returns loopback only, and 10 seconds for the last answers. */
    public static Listen loopback(int port) {
      return at(Entrance.LOOPBACK, port);
    }

    /** Returns a host, and 10 seconds for the last answers. */
    static Listen at(String host, int port) {
      return new Listen(host, port, Duration.ofSeconds(10));
    }
  }

  /** Makes the server, which does not listen before {@link #start}. */
  public ApiServer(Collaborators with, Listen listen) {
    this.listen = listen;
    Json json = new Json();
    ApiMetrics metrics = new ApiMetrics(with.metrics());
    Allowances allowances =
        new Allowances(
            with.limits().requestsPerMinute(),
            with.limits().tokensPerDay(),
            System::nanoTime,
            Clock.systemUTC());
    this.questions =
        new Questions(with.answerer(), with.limits().concurrency(), allowances, metrics, watchdog);
    this.jobs = new RagJobs(with.jobs(), questions, json);
    RouteTable routes = new RouteTable(routes(with, json, questions, metrics), Pages.forBrowsers());
    FrontDoor door =
        new FrontDoor(
            routes,
            json,
            new Guard(with.entrance().credentials(), allowances, metrics),
            with.limits(),
            metrics,
            watchdog,
            new Origins(with.entrance()));
    DirectHandlers.Builder direct = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      direct.addHandler(type, new ProtocolErrors(json, metrics));
    }
    WebServerConfig.Builder builder =
        WebServer.builder()
            .host(listen.host())
            .port(listen.port())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .shutdownGracePeriod(listen.drain())
            .idleConnectionTimeout(keptOpen(with.limits().deadline()))
            .directHandlers(direct.build())
            // With a choice of protocols Helidon hangs up on what is none of them, without a word.
            .protocolsDiscoverServices(false)
            .addProtocol(
                Http1Config.builder()
                    .maxPrologueLength(MAX_REQUEST_LINE)
                    .maxHeadersSize(MAX_HEADERS)
                    .addReceiveListener(new HeadWatch(watchdog, with.limits().deadline()))
                    .build())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .addRouting(HttpRouting.builder().addFilter(ApiServer::closeIfSaid).any(door));
    with.entrance()
        .tls()
        .ifPresent(context -> builder.tls(Tls.builder().sslContext(context).build()));
    this.server = builder.build();
  }

  /**
   * Returns how long a connection is kept that nothing is asked on: longer than a load balancer
   * keeps it, whose own patience is a little more than the deadline, or it would now and then ask
   * on one that is just being closed, and answer its caller 502.
   */
  static Duration keptOpen(Duration deadline) {
    Duration longer = deadline.plusMinutes(1);
    return longer.compareTo(KEPT_OPEN) > 0 ? longer : KEPT_OPEN;
  }

  /**
   * Closes the connection after an answer that says so. Helidon 4.5 only says it, and goes on to
   * read: the rest of a body that nobody read would be taken for the next request.
   */
  private static void closeIfSaid(
      FilterChain chain, RoutingRequest request, RoutingResponse response) {
    chain.proceed();
    if (response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("the answer said so");
    }
  }

  private List<Route<?>> routes(
      Collaborators with, Json json, Questions questions, ApiMetrics metrics) {
    Clock clock = Clock.systemUTC();
    Models models = new Models(with.name(), clock.instant());
    String title = "Slipway: " + with.name();
    List<Route<?>> routes = new ArrayList<>();
    routes.add(new RagRoute(questions, jobs, json).route());
    routes.add(jobs.route());
    routes.add(new ChatRoute(questions, models, json, clock).route());
    routes.addAll(models.routes());
    routes.addAll(new TraceRoutes(with.traces(), with.feedback(), metrics, clock).routes());
    routes.addAll(new HealthRoutes(with.readiness(), closing::get).routes());
    routes.add(
        Route.get("/metrics", "metrics", Route.Nothing.class)
            .summary("Show what is counted, in Prometheus' text format")
            .access(Route.Access.LOOPBACK)
            .scope(Scope.ADMIN)
            .steady()
            .answers(200, "The counts.", "text/plain")
            .handledBy(
                call ->
                    new Reply.Bytes(
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(StandardCharsets.UTF_8),
                        Map.of())));
    routes.addAll(Pages.parts());
    routes.addAll(new DocsRoutes(title).routes());
    AtomicReference<byte[]> document = new AtomicReference<>(new byte[0]);
    routes.add(
        Route.get("/openapi.json", "openApi", Route.Nothing.class)
            .summary("Show this document")
            .steady()
            .access(Route.Access.OPEN)
            .answers(200, "The document.", "application/json")
            .handledBy(
                call ->
                    new Reply.Bytes(
                        200,
                        "application/json",
                        Objects.requireNonNull(document.get()),
                        Map.of())));
    // Written last, since it tells of its own route too.
    document.set(document(title, with, json, routes));
    return routes;
  }

  private static byte[] document(
      String title, Collaborators with, Json json, List<Route<?>> routes) {
    try {
      return json.mapper()
          .writeValueAsBytes(
              new OpenApiDocument(json, !with.entrance().open()).of(title, with.version(), routes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree that is no JSON", e);
    }
  }

  /**
   * Starts to listen.
   *
   * @return this
   * @throws OperationFailed if the port is taken or the host isn't this machine's
   */
  public ApiServer start() {
    server.start();
    // Helidon logs that it could not listen, and returns.
    if (!server.isRunning()) {
      watchdog.close();
      throw new OperationFailed(
          "port_in_use",
          "Cannot listen on " + listen.host() + ":" + listen.port(),
          "the port is taken, or the host is not an address of this machine",
          "Stop what uses the port, or choose another with --port or api.port.");
    }
    jobs.start();
    return this;
  }

  /** Returns the port that the server listens on; -1 before {@link #start}. */
  public int port() {
    return server.port();
  }

  /** Helidon cuts off what is left at the end: shortly before, those who read it are told why. */
  private void giveUpInTime() {
    try {
      Duration half = listen.drain().dividedBy(2);
      Thread.sleep(listen.drain().minus(half.compareTo(LAST_WORDS) < 0 ? half : LAST_WORDS));
      questions.giveUp();
    } catch (InterruptedException e) {
      // All was answered before.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes no new connection, lets the requests that are being answered end within the bound given,
   * then stops. Readiness says so meanwhile on connections that are open.
   */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      Thread last = Thread.ofVirtual().name("last-words").start(this::giveUpInTime);
      server.stop();
      last.interrupt();
      jobs.close();
      watchdog.close();
    }
  }
}
