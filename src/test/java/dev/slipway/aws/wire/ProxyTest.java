package dev.slipway.aws.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipway.endpoint.Deadline;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyTest {
  private static Optional<Proxy> of(String address, Map<String, String> environment) {
    return Proxy.of(URI.create(address), environment);
  }

  @Test
  void theVariableOfTheSchemeNamesIt() {
    Map<String, String> both =
        Map.of("HTTPS_PROXY", "http://secure.example:3128", "http_proxy", "plain.example");

    assertThat(of("https://a.example", both))
        .contains(new Proxy("secure.example", 3128, Optional.empty()));
    assertThat(of("http://a.example", both))
        .contains(new Proxy("plain.example", 80, Optional.empty()));
    assertThat(of("http://a.example", Map.of("HTTPS_PROXY", "http://secure.example"))).isEmpty();
    assertThat(of("https://a.example", Map.of("HTTP_PROXY", "http://plain.example")))
        .as("as the SDK does")
        .contains(new Proxy("plain.example", 80, Optional.empty()));
    assertThat(of("https://a.example", Map.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com, example.com, true",
    "a.example.com, .example.com, true",
    "A.EXAMPLE.com, a.example.COM, true",
    "a.example.com, *.example.com, true",
    "a.example.com, a.*.com, true",
    "a.example.com, *, true",
    "169.254.170.2, 169.254.*, true",
    "a.example.com, 'localhost, example.com', true",
    "a.example.com, localhost|*.com, true",
    "badexample.com, example.com, false",
    "a.example.com, xample.com, false",
    "a.example.com, a.example, false",
    "a.example.com, *.org, false",
    "ab.com, ab*b.com, false",
    "a.example.com, ',', false",
  })
  void hostsThatAreNamedAreReachedDirectly(String host, String noProxy, boolean direct) {
    Optional<Proxy> proxy =
        of("https://" + host, Map.of("HTTPS_PROXY", "http://p.example", "NO_PROXY", noProxy));

    assertThat(proxy.isEmpty()).isEqualTo(direct);
  }

  @Test
  void whatIsNoAddressIsRefusedWithoutItsPassword() {
    for (String wrong :
        List.of("http://me:hush@", "socks5://me:hush@p.example", "http://me:hush@a b")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> of("https://a.example", Map.of("HTTPS_PROXY", wrong)))
          .withMessageContaining("HTTPS_PROXY")
          .withMessageNotContaining("hush")
          .withNoCause();
    }
  }

  @Test
  void itIsAskedForATunnelAndShownItsPasswordOnly() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>("");
    AtomicReference<String> through = new AtomicReference<>("");
    try (ScriptedServer proxy =
        ScriptedServer.start(
            wire -> {
              asked.set(wire.request().orElse(""));
              wire.say("HTTP/1.1 200 Connection established\r\n\r\n");
              through.set(wire.request().orElse(""));
              wire.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      Map<String, String> environment =
          Map.of("HTTP_PROXY", "http://me:p%40ss+word@127.0.0.1:" + proxy.port());
      URI far = URI.create("http://far.example:8080");
      Proxy found = Proxy.of(far, environment).orElseThrow();

      assertThat(get(Target.of(far, Optional.of(found)))).isEqualTo("ok");
      assertThat(asked.get())
          .startsWith("CONNECT far.example:8080 HTTP/1.1\r\n")
          .contains("\r\nproxy-authorization: Basic bWU6cEBzcyt3b3Jk\r\n");
      assertThat(through.get()).startsWith("POST / ").doesNotContain("proxy-authorization");
      assertThat(found.toString()).doesNotContain("Basic").doesNotContain("bWU6");
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws Exception {
    try (ScriptedServer proxy =
        ScriptedServer.answering(
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")) {
      Target target =
          new Target(
              false,
              "far.example",
              80,
              Optional.of(new Proxy("127.0.0.1", proxy.port(), Optional.empty())));

      Assertions.assertThatIOException()
          .isThrownBy(() -> get(target))
          .withMessage("the proxy 127.0.0.1:" + proxy.port() + " answers 407");
    }
  }

  private static String get(Target target) throws IOException, InterruptedException {
    try (Connections client = ScriptedServer.client(target);
        Answer answer =
            client.post("/", List.of(), new byte[0], Deadline.in(Duration.ofSeconds(20)))) {
      return new String(answer.whole(), StandardCharsets.ISO_8859_1);
    }
  }
}
