package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.slipway.api.job.MemoryJobStore;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EntranceTest {
  private static final Set<String> KEY = Set.of(ApiKeys.hash("k-1"));

  private final Path folder;

  EntranceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ApiSpec api(String keys) {
    Manifest manifest =
        new ManifestReader()
            .read(
                "name: chat\ntarget: local\nmodel: {source: \"file:m.gguf\"}\napi: " + keys + "\n",
                "slipway.yaml",
                folder,
                Optional.empty(),
                _ -> Optional.empty());
    return manifest.api();
  }

  private Entrance of(ApiSpec api, String host, Set<String> hashes) {
    return Entrance.of(api, folder, host, hashes, Optional.empty(), "make one");
  }

  @Test
  void beyondLoopbackKeysOrAnIssuerAreNeeded() {
    ApiSpec open = api("{port: 0}");
    for (String host : List.of("127.0.0.1", "127.0.0.2", "localhost", "::1")) {
      assertThat(of(open, host, Set.of()).open()).as(host).isTrue();
    }
    for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
      assertThatThrownBy(() -> of(open, host, Set.of()))
          .as(host)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("--listen " + host)
          .hasMessageContaining("api.keys or api.jwt");
    }
    assertThat(of(api("{keys: \"secret:k\"}"), "0.0.0.0", KEY).open()).isFalse();
    String jwt = "{jwt: {issuer: \"https://login.example/\", audience: chat}}";
    assertThat(of(api(jwt), "0.0.0.0", Set.of()).open()).isFalse();
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    ApiSpec api =
        api(
            "{jwt: {issuer: \"http://192.0.2.1/\", audience: chat}, keys: \"secret:k\","
                + " tls: {certificate: none.pem, key: none.key}}");

    assertThatThrownBy(() -> of(api, "0.0.0.0", Set.of()))
        .asInstanceOf(type(Refused.class))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo("service_misconfigured"))
        .extracting(Throwable::getMessage)
        .asString()
        .contains("api.jwt.issuer: ", "api.tls.certificate: ", "none.pem");
    assertThatThrownBy(() -> of(api("{keys: \"secret:k\"}"), "127.0.0.1", Set.of()))
        .asInstanceOf(type(Refused.class))
        .satisfies(refused -> assertThat(refused.code()).isEqualTo("no_api_keys"));
  }

  @Test
  void theServiceIsReachedByTlsWithTheCertificateOfItsFiles() throws Exception {
    KeyStore made = certificate("one");
    KeyStore other = certificate("two");
    write("chain.pem", "CERTIFICATE", leaf(made).getEncoded());
    write("key.pem", "PRIVATE KEY", key(made).getEncoded());
    write("other.pem", "PRIVATE KEY", key(other).getEncoded());
    write("old.pem", "EC PRIVATE KEY", key(made).getEncoded());
    String spec = "{tls: {certificate: chain.pem, key: %s}}";

    assertThatThrownBy(() -> of(api(spec.formatted("other.pem")), "127.0.0.1", Set.of()))
        .hasMessageContaining("not the key of the first certificate");
    assertThatThrownBy(() -> of(api(spec.formatted("old.pem")), "127.0.0.1", Set.of()))
        .hasMessageContaining("openssl pkcs8");

    Entrance entrance = of(api(spec.formatted("key.pem")), "127.0.0.1", Set.of());
    try (ApiServer server = server(entrance);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(leaf(made))).build()) {
      assertThat(entrance.url(server.port())).startsWith("https://127.0.0.1:");
      HttpResponse<String> live =
          client.send(
              HttpRequest.newBuilder(URI.create(entrance.url(server.port()) + "/health/live"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(live.statusCode()).isEqualTo(200);
      assertThat(live.headers().firstValue("strict-transport-security")).isPresent();
    }
  }

  private static ApiServer server(Entrance entrance) {
    return new ApiServer(
            new ApiServer.Collaborators(
                new DeploymentName("chat"),
                "1.2.3",
                new FakeAnswerer(),
                new FakeTraceLog(),
                (trace, feedback) -> {},
                () -> new Readiness(List.of()),
                RunningApi.WIDE,
                entrance,
                RunningApi.jobs(new MemoryJobStore(), false),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
            ApiServer.Listen.loopback(0))
        .start();
  }

  /** Makes a key and its certificate as an operator would, with the JDK's own tool. */
  private KeyStore certificate(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "service",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(file.toFile())) {
      store.load(in, "changeit".toCharArray());
    }
    return store;
  }

  private static Certificate leaf(KeyStore store) throws Exception {
    return Objects.requireNonNull(store.getCertificate("service"));
  }

  private static Key key(KeyStore store) throws Exception {
    return Objects.requireNonNull(store.getKey("service", "changeit".toCharArray()));
  }

  private void write(String name, String label, byte[] der) throws Exception {
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + label
            + "-----\n");
  }

  private static SSLContext trusting(Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    store.setCertificateEntry("service", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
