package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.Eventually;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lives endpoints with the real model in real processes. */
class LocalEndpointTest {
  private static final Path DEMO = Path.of("..", "demo-model", "model.gguf");
  private static final EndpointName NAME = new EndpointName("chat");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final EndpointTiming QUICK =
      new EndpointTiming(
          Duration.ofSeconds(60),
          Duration.ofMillis(50),
          Duration.ofMillis(300),
          3,
          Duration.ofMinutes(10),
          Duration.ofMillis(10),
          Duration.ofMillis(50));

  private final Path folder;
  private final List<Hosted> changes = new CopyOnWriteArrayList<>();

  LocalEndpointTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void killedContainerIsStartedAgainUntilItIsKilledTooOften() throws Exception {
    try (LocalEndpoint endpoint = start(embedded(DEMO))) {
      assertThat(endpoint.status()).isEqualTo(Status.CREATING);
      assertThat(endpoint.awaitReady(PATIENCE).components()).containsExactly("one");
      BothWays.answerTheSame(endpoint, folder);
      assertThat(answer(endpoint)).contains("\"generated_text\"");

      long first = endpoint.pid().orElseThrow();
      kill(first);
      await(() -> endpoint.restarts() == 1);
      endpoint.awaitReady(PATIENCE);
      assertThat(answer(endpoint)).contains("\"generated_text\"");
      assertThat(endpoint.pid().orElseThrow()).isNotEqualTo(first);
      assertThat(changes)
          .extracting(Hosted::status)
          .containsExactly(Status.IN_SERVICE, Status.UPDATING, Status.IN_SERVICE);
      assertThat(changes.get(1).reason().orElseThrow()).contains("SIGKILL");

      kill(endpoint.pid().orElseThrow());
      await(() -> endpoint.restarts() == 2);
      endpoint.awaitReady(PATIENCE);
      kill(endpoint.pid().orElseThrow());
      await(() -> endpoint.status() == Status.FAILED);
      assertThat(endpoint.reason().orElseThrow()).contains("ended 3 times", "SIGKILL");
      assertThatExceptionOfType(OperationFailed.class)
          .isThrownBy(() -> endpoint.awaitReady(PATIENCE))
          .matches(e -> e.next().contains("slipway logs"));
    }
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void nativeCrashIsSaidAsOneAndLeavesNoReportBehind() throws Exception {
    try (LocalEndpoint endpoint = start(embedded(DEMO))) {
      endpoint.awaitReady(PATIENCE);
      String pid = Long.toString(endpoint.pid().orElseThrow());
      assertThat(new ProcessBuilder("kill", "-SEGV", pid).start().waitFor()).isZero();
      await(() -> endpoint.restarts() == 1);
      endpoint.awaitReady(PATIENCE);
      assertThat(changes.get(1).reason().orElseThrow())
          .contains("crashed in native code (SIGSEGV): crash in C  [");
    }
    assertThat(temporaryFiles()).isEmpty();
    assertThat(Path.of("hs_err_pid.log").toAbsolutePath().getParent())
        .isDirectoryNotContaining("glob:**/hs_err_pid*");
  }

  @Test
  void temporaryFilesOfAParentThatIsGoneAreRemoved() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path left = folder.resolve("tmp").resolve("container-" + gone.pid() + "-1");
    Files.createDirectories(left);
    Files.writeString(left.resolve("libjllama.so"), "");
    try (LocalEndpoint endpoint = start(embedded(DEMO))) {
      await(() -> endpoint.pid().isPresent());
      assertThat(left).doesNotExist();
    }
  }

  @Test
  void closeLeavesNoProcessAndNoTemporaryFile() throws Exception {
    long pid;
    try (LocalEndpoint endpoint = start(embedded(DEMO))) {
      endpoint.awaitReady(PATIENCE);
      pid = endpoint.pid().orElseThrow();
      assertThat(temporaryFiles()).isNotEmpty();
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(temporaryFiles()).isEmpty();
    assertThat(changes.getLast().status()).isEqualTo(Status.DELETING);
    Path log = folder.resolve("logs").resolve("container.log");
    assertThat(Files.readString(log)).contains("\"status\":\"ready\"", "slipway: started");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
  }

  @Test
  void changesAreHeardInTheirOrderHoweverSlowTheListener() throws Exception {
    List<Status> heard = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch deleting = new CountDownLatch(1);
    CompletableFuture<Thread> closer = new CompletableFuture<>();
    CompletableFuture<LocalEndpoint> endpoint = new CompletableFuture<>();
    LocalEndpoint.Listener slow =
        changed -> {
          if (changed.status() == Status.IN_SERVICE) {
            LocalEndpoint started = endpoint.join();
            closer.complete(Thread.ofVirtual().start(started::close));
            overtaken(deleting);
          }
          heard.add(changed.status());
          if (changed.status() == Status.DELETING) {
            deleting.countDown();
          }
        };
    endpoint.complete(
        LocalEndpoint.start(
            new EndpointName("chat"),
            embedded(DEMO),
            List.of(),
            folder.resolve("logs").resolve("container.log"),
            folder.resolve("tmp"),
            EndpointTiming.usual(),
            slow));

    assertThat(deleting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    closer.join().join();
    assertThat(heard).containsExactly(Status.IN_SERVICE, Status.DELETING);
  }

  /** Gives a later change the time to be told before this one. */
  private static void overtaken(CountDownLatch later) {
    try {
      assertThat(later.await(200, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      // The endpoint is closed meanwhile, as it should be.
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void closeWhileTheModelLoadsLeavesNothingEither() throws Exception {
    LocalEndpoint endpoint = start(embedded(DEMO));
    await(() -> endpoint.pid().isPresent() || endpoint.status() == Status.IN_SERVICE);
    long pid = endpoint.pid().orElseThrow();
    endpoint.close();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void requestLogLinesOfTheEngineAreLeftOut() throws Exception {
    try (LocalEndpoint endpoint = start(embedded(DEMO))) {
      endpoint.awaitReady(PATIENCE);
      answer(endpoint);
    }
    assertThat(Files.readString(folder.resolve("logs").resolve("container.log")))
        .contains("llama_model_loader")
        .doesNotContain("slot launch_slot_", "update_slots", "eval time");
  }

  @Test
  void modelThatIsNoneFailsTheEndpointWithoutAProcess() throws Exception {
    Path text = Files.writeString(folder.resolve("model.gguf"), "this is no model");
    try (LocalEndpoint endpoint = start(embedded(text))) {
      assertThatExceptionOfType(Refused.class).isThrownBy(() -> endpoint.awaitReady(PATIENCE));
      assertThat(endpoint.status()).isEqualTo(Status.FAILED);
      assertThat(endpoint.reason()).hasValue("its first four bytes are not \"GGUF\"");
      assertThat(endpoint.pid()).isEmpty();
    }
  }

  @Test
  void modelThatTheEngineRefusesFailsTheEndpointWithItsReason() throws Exception {
    // As ISO 8859-1 every byte is a character: a tensor gets a name that llama.cpp doesn't look
    // for.
    String demo = Files.readString(DEMO, StandardCharsets.ISO_8859_1);
    Path renamed =
        Files.writeString(
            folder.resolve("renamed.gguf"),
            demo.replace("token_embd.weight", "tokem_embd.weight"),
            StandardCharsets.ISO_8859_1);
    try (LocalEndpoint endpoint = start(embedded(renamed))) {
      await(() -> endpoint.status() == Status.FAILED);
      assertThat(endpoint.reason().orElseThrow())
          .contains("could not load the model", "llama.cpp refused it");
      assertThat(endpoint.restarts()).isZero();
    }
  }

  @Test
  void processEndsWithItsParentHoweverThatEnds() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndpointHost.class.getName(),
                DEMO.toString(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try (var lines = parent.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("pid ")) {
        line = lines.readLine();
      }
      long child = Long.parseLong(String.valueOf(line).substring("pid ".length()));
      assertThat(ProcessHandle.of(child)).isPresent();
      parent.destroyForcibly().waitFor();
      await(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void proxiedServerIsReportedAndNeverRestarted() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/ping",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    try (LocalEndpoint endpoint = start(new ContainerSpec.Proxy(address(server)))) {
      endpoint.awaitReady(PATIENCE);
      assertThat(endpoint.pid()).isEmpty();
      status.set(500);
      await(() -> endpoint.status() == Status.UPDATING);
      assertThat(endpoint.reason().orElseThrow()).contains("/ping answers 500");
      status.set(200);
      await(() -> endpoint.status() == Status.IN_SERVICE);
      assertThat(endpoint.restarts()).isZero();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void proxyWithoutAServerFailsInTime() throws Exception {
    EndpointTiming short1 =
        new EndpointTiming(
            Duration.ofMillis(300),
            QUICK.ping(),
            QUICK.unhealthy(),
            QUICK.crashes(),
            QUICK.crashWindow(),
            QUICK.firstWait(),
            QUICK.longestWait());
    URI nobody = URI.create("http://127.0.0.1:1");
    try (LocalEndpoint endpoint = start(new ContainerSpec.Proxy(nobody), short1)) {
      await(() -> endpoint.status() == Status.FAILED);
      assertThat(endpoint.reason().orElseThrow()).contains("nothing answers at " + nobody);
    }
  }

  private static ContainerSpec embedded(Path gguf) {
    return new ContainerSpec.Embedded(gguf, 2, 0, Map.of());
  }

  private LocalEndpoint start(ContainerSpec spec) {
    return start(spec, QUICK);
  }

  private LocalEndpoint start(ContainerSpec spec, EndpointTiming timing) {
    return LocalEndpoint.start(
        NAME,
        spec,
        List.of("one"),
        folder.resolve("logs").resolve("container.log"),
        folder.resolve("tmp"),
        timing,
        changes::add);
  }

  private static String answer(LocalEndpoint endpoint) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(endpoint.hosted().container().resolve("/invocations"))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"inputs\":\"Hello\",\"parameters\":{\"max_new_tokens\":3}}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private List<Path> temporaryFiles() throws IOException {
    Path temporary = folder.resolve("tmp");
    if (Files.notExists(temporary)) {
      return List.of();
    }
    try (var files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  private static URI address(HttpServer server) {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private static void await(BooleanSupplier condition) {
    Eventually.holds("what was waited for", PATIENCE, condition);
  }
}
