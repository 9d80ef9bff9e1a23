package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.slipway.deploy.ServiceProbe.Answer;
import dev.slipway.deploy.ServiceProbe.Reach;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a service that was just deployed over real HTTP, as callers reach it. */
final class HttpProbeTest {
  private static final String KEY = "slw_test";
  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final VirtualPace pace = new VirtualPace();
  private final Deque<Integer> live = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private int answer = 200;
  private Optional<HttpServer> server = Optional.empty();

  HttpProbeTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void stop() {
    server.ifPresent(it -> it.stop(0));
  }

  private Manifest manifest() {
    return new ManifestReader()
        .read(
            """
            name: chat
            model: {source: "hf://org/name"}
            api: {keys: "secret:chat/api-keys"}
            """,
            "slipway.yaml",
            folder,
            Optional.empty(),
            _ -> Optional.empty());
  }

  private Answer ask(Map<String, String> environment, URI service) {
    return ask(environment, service, HttpClient::newBuilder);
  }

  private Answer ask(
      Map<String, String> environment, URI service, Supplier<HttpClient.Builder> clients) {
    return new HttpProbe(environment, pace, clients).ask(manifest(), service);
  }

  private static Map<String, String> key() {
    return Map.of("SLIPWAY_SECRET_CHAT_API_KEYS", "\n" + KEY + "\nanother\n");
  }

  private URI start(HttpServer made, String scheme) {
    made.createContext(
        "/health/live", exchange -> send(exchange, live.isEmpty() ? 200 : live.removeFirst()));
    made.createContext("/rag", this::rag);
    made.start();
    server = Optional.of(made);
    return URI.create(scheme + "://127.0.0.1:" + made.getAddress().getPort());
  }

  private URI start() throws IOException {
    return start(HttpServer.create(loopback(), 0), "http");
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void rag(HttpExchange exchange) throws IOException {
    asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    if (answer == 0) {
      exchange.close();
      return;
    }
    boolean known =
        ("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    send(exchange, known ? answer : 401);
  }

  private static void send(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  @Test
  void whatAnswersAQuestionIsAnswered() throws IOException {
    assertThat(ask(key(), start()).reach()).isEqualTo(Reach.ANSWERED);
    assertThat(asked).singleElement().asString().contains("\"query\"");
  }

  @Test
  void withoutAKeyItIsOnlySeenToLiveAndTheVariableIsNamed() throws IOException {
    Answer seen = ask(Map.of(), start());

    assertThat(seen.reach()).isEqualTo(Reach.LIVE);
    assertThat(seen.detail()).contains("SLIPWAY_SECRET_CHAT_API_KEYS");
    assertThat(asked).isEmpty();
  }

  @Test
  void aKeyThatTheServiceDoesNotKnowIsNoFailureOfTheServiceAndIsNotSaid() throws IOException {
    Answer seen = ask(Map.of("SLIPWAY_SECRET_CHAT_API_KEYS", "slw_other"), start());

    assertThat(seen.reach()).isEqualTo(Reach.LIVE);
    assertThat(seen.detail()).contains("doesn't know the key").doesNotContain("slw_other");
  }

  @Test
  void aLoadBalancerThatStillTakesInTheTasksIsWaitedFor() throws IOException {
    live.addAll(List.of(503, 502, 503, 200));
    Instant began = pace.now();

    assertThat(ask(key(), start()).reach()).isEqualTo(Reach.ANSWERED);
    assertThat(Duration.between(began, pace.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void aLoadBalancerWithoutTasksFailsAfterSomeMinutes() throws IOException {
    for (int look = 0; look < 100; look++) {
      live.add(503);
    }
    Instant began = pace.now();

    Answer seen = ask(key(), start());

    assertThat(seen.reach()).isEqualTo(Reach.FAILED);
    assertThat(seen.detail()).contains("503");
    assertThat(Duration.between(began, pace.now())).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void aQuestionThatFailsIsTheServicesFailure() throws IOException {
    answer = 500;

    Answer seen = ask(key(), start());

    assertThat(seen.reach()).isEqualTo(Reach.FAILED);
    assertThat(seen.detail()).contains("500");
  }

  @Test
  void whatLivesAndHangsUpOnAQuestionIsNotTakenForUnreachable() throws IOException {
    answer = 0;

    assertThat(ask(key(), start()).reach()).isEqualTo(Reach.FAILED);
  }

  @Test
  void noRoomForAQuestionIsAliveService() throws IOException {
    answer = 429;

    assertThat(ask(key(), start()).reach()).isEqualTo(Reach.LIVE);
  }

  @Test
  void whereNothingListensItIsUnreachableFromHere() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    assertThat(ask(key(), URI.create("http://127.0.0.1:" + port)).reach())
        .isEqualTo(Reach.UNREACHABLE);
  }

  @Test
  void aCertificateForAnotherNameIsToldFromOneThatNobodyTrusts() throws Exception {
    KeyStore store = certificate();
    HttpsServer tls = HttpsServer.create(loopback(), 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(serving(store)));
    URI service = start(tls, "https");
    SSLContext trusting = trusting(store);

    Answer trusted = ask(key(), service, () -> HttpClient.newBuilder().sslContext(trusting));
    Answer strange = ask(key(), service);

    assertThat(trusted.reach()).isEqualTo(Reach.OTHER_NAME);
    assertThat(trusted.detail()).contains("127.0.0.1", "CNAME");
    assertThat(strange.reach()).isEqualTo(Reach.UNREACHABLE);
    assertThat(strange.detail()).contains("trusts its certificate");
    assertThat(asked).isEmpty();
  }

  private KeyStore certificate() throws Exception {
    Path file = folder.resolve("service.p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "service", "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=chat.example.com", "-ext", "san=dns:chat.example.com"));
    command.addAll(List.of("-validity", "2", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", file.toString(), "-storepass", PASSWORD));
    Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(file.toFile())) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static SSLContext serving(KeyStore store) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, new char[0]);
    trusted.setCertificateEntry("service", Objects.requireNonNull(store.getCertificate("service")));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
