package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.access.Credentials;
import dev.slipway.access.Identity;
import dev.slipway.access.Scope;
import dev.slipway.api.job.JobStore;
import dev.slipway.api.job.MemoryJobStore;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Withheld;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.trace.Trace;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the document to its word: whatever error it names of a route, that route really gives. */
class DocumentedErrorsTest {
  private static final String TRACE = "a".repeat(32);
  private static final String JOB = "b".repeat(32);

  /** A key names its scopes, apart from one another by a plus sign. */
  private static final Credentials SCOPED =
      token ->
          token.startsWith("scope-")
              ? Optional.of(
                  new Identity(
                      "caller",
                      Optional.empty(),
                      Set.of(Scope.of(token.substring("scope-".length())).orElseThrow())))
              : Optional.empty();

  private boolean jobsBroken;

  private static ApiSpec.Limits limits(int perMinute) {
    return new ApiSpec.Limits(
        8,
        perMinute,
        OptionalLong.empty(),
        10_000,
        Duration.ofSeconds(20),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  private RunningApi api(int perMinute, Entrance entrance) {
    RunningApi api =
        new RunningApi(
            limits(perMinute),
            entrance,
            ApiServer.Listen.loopback(0),
            RunningApi.jobs(breakable(), false));
    api.traces.traces.add(
        new Trace(
            TRACE,
            "r",
            Instant.EPOCH,
            "/rag",
            "llm-twin",
            "m",
            "c0ffee",
            "q",
            List.of(),
            "p",
            "a",
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()));
    return api;
  }

  /** Returns a store that fails as soon as the test says so. */
  private JobStore breakable() {
    MemoryJobStore store = new MemoryJobStore();
    return (JobStore)
        Proxy.newProxyInstance(
            JobStore.class.getClassLoader(),
            new Class<?>[] {JobStore.class},
            (_, method, arguments) -> {
              if (jobsBroken && method.getName().equals("read")) {
                throw new IllegalStateException("the jobs can't be read");
              }
              return method.invoke(store, arguments);
            });
  }

  /** One error that the document names. */
  private record Named(String method, String path, int status) {}

  private static List<Named> named(RunningApi api) {
    List<Named> all = new ArrayList<>();
    for (var path : api.document().path("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        for (var response : operation.getValue().path("responses").properties()) {
          int status = Integer.parseInt(response.getKey());
          if (status >= 400 && !ownAnswer(path.getKey(), status)) {
            all.add(new Named(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), status));
          }
        }
      }
    }
    return all;
  }

  /** A service that isn't ready says so in a document of its own, not as an error. */
  private static boolean ownAnswer(String path, int status) {
    return path.equals("/health/ready") && status == 503;
  }

  @Test
  void everyErrorThatTheDocumentNamesCanBeHadWithoutKeys() throws Exception {
    List<Named> missing = new ArrayList<>();
    try (RunningApi api = api(1_000_000, Entrance.local(List.of()));
        RunningApi narrow = api(1, Entrance.local(List.of()))) {
      List<Named> all = named(api);
      for (Named each : all) {
        if (provoked(api, narrow, each) != each.status()) {
          missing.add(each);
        }
      }
      assertThat(all).extracting(Named::status).contains(400, 403, 404, 413, 415, 421, 422, 429);
      assertThat(all).extracting(Named::status).contains(500, 502, 503, 504);
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyErrorOfKeysThatTheDocumentNamesCanBeHad() {
    List<Named> missing = new ArrayList<>();
    try (RunningApi api = api(1_000_000, Entrance.local(List.of(SCOPED)))) {
      List<Named> all =
          named(api).stream()
              .filter(each -> each.status() == 401 || each.status() == 403)
              // Whoever asks from this machine needs no key for these.
              .filter(each -> !each.path().equals("/metrics"))
              .toList();
      for (Named each : all) {
        Map<String, String> headers = new HashMap<>();
        if (each.status() == 403) {
          boolean other = each.path().startsWith("/traces") && !each.path().endsWith("feedback");
          headers.put("Authorization", "Bearer scope-" + (other ? "ask" : "traces"));
        }
        if (status(api, each, path(each), body(each), headers) != each.status()) {
          missing.add(each);
        }
      }
      assertThat(all)
          .extracting(Named::path)
          .contains("/rag", "/v1/models", "/traces", "/jobs/{id}");
    }
    assertThat(missing).isEmpty();
  }

  private int provoked(RunningApi api, RunningApi narrow, Named named) throws IOException {
    boolean feedback = named.path().endsWith("feedback");
    return switch (named.status()) {
      case 400 ->
          named.path().startsWith("/v1/")
              ? status(api, named, path(named), "{}", Map.of())
              : failing(api, named, endpoint(EndpointFailure.Kind.INVALID_REQUEST));
      case 403 ->
          status(api, named, path(named), body(named), Map.of("Origin", "https://evil.example"));
      case 404 ->
          status(
              api,
              named,
              named.path().replace("{id}", "none"),
              body(named).replace("llm-twin", "nobody"),
              Map.of());
      case 413 -> status(api, named, path(named), " ".repeat(20_000) + body(named), Map.of());
      case 415 ->
          status(api, named, path(named), body(named), Map.of("Content-Type", "text/plain"));
      case 421 -> misdirected(api, named);
      case 422 ->
          named.method().equals("GET")
              ? status(api, named, path(named) + "?limit=0", "", Map.of())
              : status(api, named, path(named), feedback ? "{\"score\":7}" : "{}", Map.of());
      case 429 -> {
        status(narrow, named, path(named), body(named), Map.of());
        yield status(narrow, named, path(named), body(named), Map.of());
      }
      case 500 -> broken(api, named);
      case 502 -> failing(api, named, endpoint(EndpointFailure.Kind.MODEL_ERROR));
      case 503 -> failing(api, named, endpoint(EndpointFailure.Kind.NOT_READY));
      case 504 -> failing(api, named, endpoint(EndpointFailure.Kind.TIMEOUT));
      default -> throw new AssertionError("nobody knows how to provoke " + named);
    };
  }

  @Test
  void whatACheckWithholdsIsTheDocumented403() {
    try (RunningApi api = api(1_000_000, Entrance.local(List.of()))) {
      Named rag = new Named("POST", "/rag", 403);
      assertThat(
              failing(api, rag, new Withheld("question_refused", "It was not asked", "no", "Ask.")))
          .isEqualTo(403);
    }
  }

  private static EndpointFailure endpoint(EndpointFailure.Kind kind) {
    return new EndpointFailure(kind, OptionalInt.empty(), "It failed", "why", "Again.", null);
  }

  private static int failing(RunningApi api, Named named, RuntimeException failure) {
    api.answerer.script =
        (_, _) -> {
          throw failure;
        };
    try {
      return status(api, named, path(named), body(named), Map.of());
    } finally {
      api.answerer.script = FakeAnswerer::echo;
    }
  }

  private int broken(RunningApi api, Named named) {
    api.traces.broken = true;
    jobsBroken = true;
    try {
      return failing(api, named, new IllegalStateException("broken"));
    } finally {
      api.traces.broken = false;
      jobsBroken = false;
    }
  }

  private static int misdirected(RunningApi api, Named named) throws IOException {
    String answer =
        api.raw(
            named.method()
                + " "
                + path(named)
                + " HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return Integer.parseInt(answer.substring("HTTP/1.1 ".length()).split(" ", 2)[0]);
  }

  private static String path(Named named) {
    String id =
        named.path().startsWith("/traces")
            ? TRACE
            : named.path().startsWith("/jobs") ? JOB : "llm-twin";
    return named.path().replace("{id}", id);
  }

  private static String body(Named named) {
    return switch (named.path()) {
      case "/rag" -> "{\"query\":\"x\"}";
      case "/v1/chat/completions" ->
          "{\"model\":\"llm-twin\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
      case "/traces/{id}/feedback" -> "{\"score\":1}";
      default -> "";
    };
  }

  /** Sends a request, and holds its answer to the document. */
  private static int status(
      RunningApi api, Named named, String path, String body, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    boolean posts = named.method().equals("POST");
    if (posts) {
      all.putIfAbsent("Content-Type", "application/json");
    }
    var response = api.send(named.method(), path, posts ? body : null, all);
    api.checked(named.method(), path, response);
    return response.statusCode();
  }
}
