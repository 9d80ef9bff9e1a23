package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.cli.CommandLineFixture.Result;
import dev.slipway.deploy.Pace;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real arguments against a service that says what it is told to. */
final class EvalCommandTest {
  private static final String ANSWER =
      """
      {"answer": "Run slipway down.", "sources": [
        {"id": "1", "source": "docs/start.md", "title": "Stop it", "score": 1,
         "text": "Run slipway down to stop it."}],
       "usage": null, "timings": {"search": 4.5, "total": 120.0}, "trace_id": "t"}
      """;

  private record Scripted(int status, String header, String value, String body) {}

  private final Queue<Scripted> script = new ConcurrentLinkedQueue<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final Path folder;
  private final Path questions;
  private final CommandLineFixture slipway;

  EvalCommandTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    questions =
        Files.writeString(
            folder.resolve("questions.jsonl"),
            """
            {"id": "stop", "query": "How do I stop it?", "sources": ["docs/start.md"], \
            "answer": "Run slipway down.", "filter": {"author": "Ada"}, "collection": "docs"}
            {"id": "other", "query": "What else?", "sources": ["docs/other.md"]}
            """);
    slipway =
        new CommandLineFixture(
            folder.resolve("home"),
            SimulatedAdapters.of(new FakeCloud(new CloudSimulation(new VirtualPace())), pace()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          exchange.getRequestURI()
              + " "
              + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      Scripted next = Optional.ofNullable(script.poll()).orElse(new Scripted(200, "X", "", ANSWER));
      byte[] body = next.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set(next.header(), next.value());
      exchange.sendResponseHeaders(next.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Result run(String... more) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    var arguments =
        new java.util.ArrayList<>(
            List.of("eval", questions.toString(), "--concurrency", "1", "--url", url));
    arguments.addAll(List.of(more));
    return slipway.run(arguments.toArray(String[]::new));
  }

  /** Waiting takes no time, and is remembered. */
  private Pace pace() {
    var clock = new VirtualPace();
    return new Pace() {
      @Override
      public Instant now() {
        return clock.now();
      }

      @Override
      public void pause(Duration duration) {
        waits.add(duration);
        clock.pause(duration);
      }
    };
  }

  @Test
  void theDocumentKeepsToTheContractAndTheGateDecidesTheExitCode() throws IOException {
    Result missed = run("--json", "--gate", "recall=0.9,p95=2s");

    assertThat(missed.exitCode()).as(missed.err()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(missed.err()).contains("recall is 0.500, 0.400 below 0.900");
    try (InputStream schema =
        Optional.ofNullable(EvalCommandTest.class.getResourceAsStream("/contract/eval.schema.json"))
            .orElseThrow()) {
      assertThat(
              JsonSchemaFactory.getInstance(VersionFlag.V202012)
                  .getSchema(schema)
                  .validate(missed.json()))
          .isEmpty();
    }
    assertThat(missed.json().path("recall").asDouble()).isEqualTo(0.5);
    assertThat(missed.json().path("overlap").asDouble()).isEqualTo(1);
    assertThat(missed.json().path("latency").path("search").path("p99").asDouble()).isEqualTo(4.5);
    assertThat(missed.json().path("gates").path(0).path("passed").asBoolean(true)).isFalse();
    assertThat(run("--gate", "recall=0.5").exitCode()).isZero();
  }

  @Test
  void questionsAreAskedAsTheFileSays() {
    run("-k", "7");

    assertThat(asked)
        .hasSize(2)
        .first()
        .asString()
        .startsWith("/rag ")
        .contains("\"query\":\"How do I stop it?\"", "\"k\":7")
        .contains("\"author\":\"Ada\"", "\"collection\":\"docs\"");
  }

  @Test
  void aBusyServiceIsAskedAgainWhenItSays() throws IOException {
    script.add(new Scripted(429, "Retry-After", "7", "{\"detail\": \"too many\"}"));
    script.add(new Scripted(503, "Retry-After", "2", "{\"detail\": \"waking\"}"));

    Result done = run("--json");

    assertThat(done.json().path("failed").asInt(-1)).as(done.err()).isZero();
    assertThat(waits).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2));
  }

  @Test
  void aServiceThatStaysBusyLeavesTheQuestionUnanswered() throws IOException {
    for (int i = 0; i < 3; i++) {
      script.add(new Scripted(429, "Retry-After", "50", "{\"detail\": \"Too many questions.\"}"));
    }

    Result done = run("--json", "--patience", "120");

    assertThat(done.exitCode()).as(done.out()).isZero();
    assertThat(done.json().path("failed").asInt()).isEqualTo(1);
    assertThat(done.json().path("results").path(0).path("error").asText())
        .isEqualTo("HTTP 429: Too many questions.");
  }

  @Test
  void anAnswerForLaterIsFetchedWhereItWillBe() throws IOException {
    script.add(new Scripted(202, "Location", "/jobs/1", "{\"id\": \"1\", \"state\": \"queued\"}"));
    script.add(new Scripted(200, "Retry-After", "2", "{\"id\": \"1\", \"state\": \"running\"}"));
    script.add(new Scripted(200, "X", "", "{\"state\": \"done\", \"answer\": " + ANSWER + "}"));

    Result done = run("--json");

    assertThat(asked).hasSize(4).element(1).asString().startsWith("/jobs/1");
    assertThat(done.json().path("results").path(0).path("answer").asText())
        .isEqualTo("Run slipway down.");
  }

  @Test
  void aServiceThatWantsAKeyEndsItAtOnce() {
    script.add(new Scripted(401, "X", "", "{\"detail\": \"no\"}"));

    Result refused = run();

    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("it asks for a key", "SLIPWAY_SECRET_NAME");
  }

  @Test
  void reportAndBaselineAreWrittenAndCompared() throws IOException {
    Path report = folder.resolve("report.html");
    Path before = Files.writeString(folder.resolve("before.json"), run("--json").out());

    Result done = run("--html", report.toString(), "--baseline", before.toString());

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.out()).contains("Since the baseline, by the 2 questions in common");
    assertThat(report)
        .content()
        .contains("<h1>Evaluation: questions.jsonl</h1>", "no clear change");
  }

  @Test
  void whatIsWrongIsToldBeforeAnythingIsAsked() throws IOException {
    assertThat(run("--gate", "recal=0.9").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--concurrency", "0").exitCode()).isEqualTo(ExitCode.USAGE);
    Files.writeString(questions, "{\"query\": 1.5}\n{\n");
    Result invalid = run();

    assertThat(invalid.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invalid.err()).contains("line 1: query: must be text", "line 2: is not one JSON");
    assertThat(asked).isEmpty();
  }
}
