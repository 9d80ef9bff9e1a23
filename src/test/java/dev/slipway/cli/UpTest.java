package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole on this machine, brought up once: real processes, the real model, real HTTP. The tests
 * go in the order of a deployment's life, because each start costs seconds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class UpTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path home = Path.of("");
  private SlipwayProcess slipway = new SlipwayProcess(home);
  private JsonNode up = JSON.nullNode();

  @BeforeAll
  void up(@TempDir Path temporary) throws Exception {
    home = temporary;
    slipway = new SlipwayProcess(home);
    up = slipway.run("up", "--detach", "--json", "--port", "0").expecting(0).json();
  }

  @AfterAll
  void nothingIsLeft() throws Exception {
    slipway.run("destroy", "--yes");
    assertThat(processesOf(home)).isEmpty();
  }

  @Test
  @Order(1)
  void aQuestionIsAnsweredFromTheDocumentationWithSourcesThatHoldTheAnswer() throws Exception {
    JsonNode answer = ask("What does exit code 3 mean?");

    assertThat(answer.path("answer").asText()).isNotBlank();
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isPositive();
    assertThat(answer.path("sources").toString().toLowerCase(Locale.ROOT))
        .contains("the manifest is invalid");
    assertThat(answer.path("timings").has("total")).isTrue();
  }

  @Test
  @Order(1)
  void theServiceSaysTheVersionThatTheCommandLineSays() throws Exception {
    String version = slipway.run("--version").expecting(0).out();

    try (HttpClient client = HttpClient.newHttpClient()) {
      URI document = URI.create(up.path("api").asText() + "/openapi.json");
      String body =
          client
              .send(HttpRequest.newBuilder(document).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(version)
          .startsWith("slipway " + JSON.readTree(body).path("info").path("version").asText() + " ");
    }
  }

  @Test
  @Order(2)
  void theAnswerLeavesATrace() throws Exception {
    String id = ask("What does the lock file pin?").path("trace_id").asText();

    await(() -> !trace(id).isEmpty());
    JsonNode trace = JSON.readTree(trace(id));
    assertThat(trace.path("query").asText()).isEqualTo("What does the lock file pin?");
    assertThat(trace.path("prompt").asText()).contains("Context:");
    assertThat(trace.path("retrieved")).isNotEmpty();
  }

  private String trace(String id) {
    try {
      var result = slipway.run("traces", id, "--json");
      return result.exitCode() == 0 ? result.out() : "";
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(3)
  void statusIsSeenFromAnotherTerminal() throws Exception {
    JsonNode status = slipway.run("status", "--json").expecting(0).json();

    assertThat(status.path("status").asText()).isEqualTo("running");
    assertThat(status.path("endpoint").path("status").asText()).isEqualTo("InService");
    assertThat(status.path("revision").asInt()).isEqualTo(1);
  }

  @Test
  @Order(4)
  void aSecondUpSaysThatItRunsAndChangesNothing() throws Exception {
    JsonNode again = slipway.run("up", "--detach", "--json", "--port", "0").expecting(0).json();

    assertThat(again).isEqualTo(up);
  }

  @Test
  @Order(5)
  void fiftyQuestionsAtOnceGetFiftyWholeAnswers() throws Exception {
    List<Callable<JsonNode>> questions = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      questions.add(() -> ask("What does exit code 4 mean?"));
    }
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<JsonNode> each : callers.invokeAll(questions)) {
        assertThat(each.get().path("answer").asText()).isNotBlank();
        assertThat(each.get().path("sources")).isNotEmpty();
        assertThat(each.get().path("usage").path("total_tokens").asInt()).isPositive();
      }
    }
  }

  @Test
  @Order(6)
  void documentsIndexedWhileItRunsAreFoundAtOnce() throws Exception {
    Path notes = Files.createDirectories(home.resolve("notes"));
    Files.writeString(
        notes.resolve("harbour.md"),
        "# Harbour\n\nThe harbour master of Port Quill is called Ottoline Brask.\n");

    slipway.run("index", notes.toString(), "--collection", "docs").expecting(0);

    assertThat(ask("Who is the harbour master of Port Quill?").path("sources").toString())
        .contains("Ottoline Brask");
  }

  @Test
  @Order(7)
  void aKilledContainerIsNoticedAndStartedAgain() throws Exception {
    ProcessHandle container = container().orElseThrow();
    container.destroyForcibly();

    await(() -> container().filter(c -> c.pid() != container.pid()).isPresent());
    await(() -> endpointStatus().equals("InService"));
    assertThat(ask("What does exit code 3 mean?").path("answer").asText()).isNotBlank();
  }

  private java.util.Optional<ProcessHandle> container() {
    return ProcessHandle.of(up.path("pid").asLong()).flatMap(UpTest::container);
  }

  private static java.util.Optional<ProcessHandle> container(ProcessHandle runner) {
    return runner.children().filter(ProcessHandle::isAlive).findFirst();
  }

  private String endpointStatus() {
    try {
      return slipway.run("status", "--json").json().path("endpoint").path("status").asText();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(8)
  void aServiceKilledOutrightLeavesNoProcessAndUpHealsIt() throws Exception {
    ProcessHandle runner = ProcessHandle.of(up.path("pid").asLong()).orElseThrow();
    ProcessHandle child = container().orElseThrow();
    runner.destroyForcibly();
    runner.onExit().get(10, TimeUnit.SECONDS);

    child.onExit().get(10, TimeUnit.SECONDS);
    assertThat(slipway.run("status", "--json").json().path("status").asText()).isEqualTo("crashed");

    up = slipway.run("up", "--detach", "--json", "--port", "0").expecting(0).json();
    assertThat(ask("Who is the harbour master of Port Quill?").path("sources").toString())
        .as("what was indexed outlives the process")
        .contains("Ottoline Brask");
  }

  @Test
  @Order(9)
  void downStopsEveryProcessAndKeepsTheState() throws Exception {
    slipway.run("down", "--json").expecting(0);

    assertThat(processesOf(home)).isEmpty();
    assertThat(slipway.run("status", "--json").json().path("status").asText()).isEqualTo("stopped");
    assertThat(slipway.run("traces", "--json").expecting(0).json().path("traces")).isNotEmpty();
    assertThat(slipway.run("down", "--json").expecting(0).json().path("stopped").asBoolean())
        .isFalse();
  }

  @Test
  @Order(10)
  void aPortInUseIsSaidAndNothingIsLeftRunning() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var result =
          slipway.run("up", "--detach", "--json", "--port", String.valueOf(taken.getLocalPort()));

      result.expecting(1);
      assertThat(result.json().path("error").path("code").asText()).isEqualTo("port_in_use");
      assertThat(result.json().path("error").path("next").asText()).contains("--port");
    }
    assertThat(processesOf(home)).isEmpty();
  }

  @Test
  @Order(11)
  void aStartThatIsStoppedHalfWayIsStoppedNotFailedAndLeavesNothingRunning() throws Exception {
    Process starting =
        slipway.start(home.resolve("half.out"), home.resolve("half.err"), "up", "--port", "0");
    await(() -> container(starting.toHandle()).isPresent());
    starting.destroy();

    assertThat(starting.waitFor(30, TimeUnit.SECONDS)).isTrue();
    JsonNode status = slipway.run("status", "--json").json();
    assertThat(status.path("status").asText()).isEqualTo("stopped");
    assertThat(status.path("last_error").isNull()).isTrue();
    assertThat(processesOf(home)).isEmpty();
  }

  private JsonNode ask(String question) throws IOException, InterruptedException {
    String body = JSON.createObjectNode().put("query", question).toString();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(up.path("api").asText() + "/rag"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return JSON.readTree(response.body());
    }
  }

  /** Finds what runs with this home in its command line. */
  private static List<String> processesOf(Path home) {
    return ProcessHandle.allProcesses()
        .map(p -> p.info().commandLine().orElse(""))
        .filter(line -> line.contains(home.toString()))
        .toList();
  }

  private static void await(BooleanSupplier condition) {
    Eventually.holds("what was waited for", Duration.ofSeconds(30), condition);
  }
}
