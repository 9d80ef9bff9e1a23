package dev.slipway.aws.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.endpoint.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final SSLContext context;

  TlsTest(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=a",
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("a", keys.getCertificate("a"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
  }

  private ServerSocket listening() throws IOException {
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  private static String ask(Connections client, byte[] body)
      throws IOException, InterruptedException {
    try (Answer answer = client.post("/", List.of(), body, Deadline.in(Duration.ofSeconds(20)))) {
      return new String(answer.whole(), StandardCharsets.ISO_8859_1);
    }
  }

  private static Connections client(
      String host, int port, SSLSocketFactory tls, Optional<Proxy> proxy) {
    return new Connections(new Target(true, host, port, proxy), ScriptedServer.TIMEOUTS, tls);
  }

  @Test
  void onlyTheCertificateOfTheHostsOwnNameIsTaken() throws Exception {
    try (ScriptedServer server = echo();
        Connections named =
            client("localhost", server.port(), context.getSocketFactory(), Optional.empty());
        Connections other =
            client("127.0.0.1", server.port(), context.getSocketFactory(), Optional.empty());
        Connections strict =
            client(
                "localhost",
                server.port(),
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                Optional.empty())) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(named, new byte[100_000])).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(1);
      assertThatExceptionOfType(SSLHandshakeException.class)
          .as("another name")
          .isThrownBy(() -> ask(other, new byte[0]));
      assertThatExceptionOfType(SSLHandshakeException.class)
          .as("signed by nobody known")
          .isThrownBy(() -> ask(strict, new byte[0]));
    }
  }

  private ScriptedServer echo() throws IOException {
    return ScriptedServer.start(
        listening(),
        wire -> {
          while (wire.request().isPresent()) {
            wire.say(OK);
          }
        });
  }

  @Test
  void aTunnelIsForTheTargetsNameAndTheProxyReadsNothing() throws Exception {
    try (ScriptedServer server = echo();
        ScriptedServer proxy =
            ScriptedServer.start(
                wire -> {
                  assertThat(wire.request().orElse("")).startsWith("CONNECT localhost:");
                  wire.say("HTTP/1.1 200 OK\r\n\r\n");
                  try (var far =
                      new java.net.Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    Thread back =
                        Thread.ofVirtual()
                            .start(
                                () -> {
                                  try {
                                    far.getInputStream().transferTo(wire.out());
                                  } catch (IOException closed) {
                                    // That is the end.
                                  }
                                });
                    wire.in().transferTo(far.getOutputStream());
                    back.interrupt();
                  }
                });
        Connections client =
            client(
                "localhost",
                server.port(),
                context.getSocketFactory(),
                Optional.of(new Proxy("127.0.0.1", proxy.port(), Optional.empty())))) {
      assertThat(ask(client, new byte[0])).isEqualTo("ok");
    }
  }

  @Test
  void aServerThatNeverShakesHandsIsOneThatDoesNotAnswer() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Wire::untilClosed);
        Connections client =
            new Connections(
                new Target(true, "localhost", server.port(), Optional.empty()),
                new Connections.Timeouts(Duration.ofMillis(100), Duration.ofSeconds(20)),
                context.getSocketFactory())) {
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> ask(client, new byte[0]));
    }
  }
}
