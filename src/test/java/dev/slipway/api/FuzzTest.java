package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Throws what it can at every route: never a 5xx, never a stack, and the server lives on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzTest {
  private static final long SEED = 20_261_122L;
  private static final List<String> BODIES =
      List.of(
          "{\"query\":\"What is it?\",\"k\":3,\"filter\":{\"author\":\"Ann\"},\"stream\":true}",
          "{\"model\":\"llm-twin-rag\",\"messages\":[{\"role\":\"user\",\"content\":"
              + "[{\"type\":\"text\",\"text\":\"Hi\"}]}],\"temperature\":0.5,\"stop\":[\"x\"],"
              + "\"seed\":7,\"max_tokens\":5,\"stream_options\":{\"include_usage\":true}}",
          "{\"model\":\"llm-twin\",\"messages\":[{\"role\":\"system\",\"content\":\"Be\"}]}");
  private static final List<String> SCRAPS =
      List.of(
          "null",
          "true",
          "-1",
          "1e309",
          "1e99999999999",
          "9999999999999999999999",
          "[]",
          "{}",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "[[[[[[",
          "}}}}",
          ",",
          ":",
          "\\",
          "\u0000",
          "\u00ff",
          "\ud83d\ude00",
          "NaN",
          "\"n\":2,",
          "\"tools\":[{}],",
          "\"k\":\"1\",");
  private static final List<String> METHODS =
      List.of("GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "TRACE", "CONNECT", "X-", "get");
  private static final List<String> HEADERS =
      List.of(
          "x-request-id: \u00e9\u0001",
          "Accept: */*;q=zzz",
          "Authorization: Bearer",
          "Content-Type: application/json; charset=",
          "Content-Type: ;;;",
          "If-None-Match: \"",
          "Expect: 200-maybe",
          "Transfer-Encoding: chunked, chunked",
          "Content-Encoding: br",
          "Upgrade: h2c",
          "Connection: Upgrade, HTTP2-Settings",
          "Range: bytes=99-1",
          "Cookie: " + "a=b; ".repeat(200),
          "TE: trailers",
          ": nameless",
          " folded: x",
          "Host: ");

  private final RunningApi api = new RunningApi();
  private final Random random = new Random(SEED);

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void mutatedBodiesAreAnsweredOrRefused() {
    for (int i = 0; i < 600; i++) {
      String path = i % 2 == 0 ? "/rag" : "/v1/chat/completions";
      String body = mutated(BODIES.get(random.nextInt(BODIES.size())));
      int status = api.post(path, body).statusCode();
      assertThat(status).as("seed %d, round %d: %s", SEED, i, body).isLessThan(500);
    }
  }

  private String mutated(String body) {
    StringBuilder text = new StringBuilder(body);
    for (int n = random.nextInt(4); n >= 0; n--) {
      int at = random.nextInt(text.length() + 1);
      int until = Math.min(text.length(), at + random.nextInt(8));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, until);
        case 1 -> text.insert(at, SCRAPS.get(random.nextInt(SCRAPS.size())));
        case 2 -> text.replace(at, until, SCRAPS.get(random.nextInt(SCRAPS.size())));
        default -> text.insert(at, text.substring(at, until));
      }
    }
    return text.toString();
  }

  @Test
  void rawRequestsNeverShowAStackOrBreakTheServer() throws IOException {
    List<String> paths =
        new java.util.ArrayList<>(
            List.of(
                "/%00", "/traces?limit=%ff", "/v1/../rag", "*", "http://x/rag", "/rag;a=b", "/?%"));
    api.document().get("paths").fieldNames().forEachRemaining(paths::add);
    for (int i = 0; i < 400; i++) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      String path = paths.get(random.nextInt(paths.size()));
      byte[] body = body();
      StringBuilder head =
          new StringBuilder(METHODS.get(random.nextInt(METHODS.size())))
              .append(' ')
              .append(path.replaceAll("\\{[^}]+}", "x"))
              .append(" HTTP/1.1\r\nHost: localhost\r\n");
      for (int n = random.nextInt(4); n > 0; n--) {
        head.append(HEADERS.get(random.nextInt(HEADERS.size()))).append("\r\n");
      }
      if (random.nextBoolean()) {
        head.append("Content-Length: ").append(body.length + random.nextInt(3) - 1).append("\r\n");
      }
      request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
      request.writeBytes(body);
      assertSafe(i, request.toByteArray());
    }
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(300)];
      random.nextBytes(noise);
      assertSafe(i, noise);
    }
    assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(api.post("/rag", "{\"query\":\"still here?\"}").statusCode()).isEqualTo(200);
    assertThat(api.metric("slipway_http_requests_in_flight")).isEqualTo(1);
  }

  private byte[] body() {
    if (random.nextBoolean()) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    return mutated(BODIES.get(random.nextInt(BODIES.size()))).getBytes(StandardCharsets.UTF_8);
  }

  private void assertSafe(int round, byte[] request) throws IOException {
    String answer = "";
    try (Socket socket = api.connect()) {
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      // The server closed while we were still sending: that is an answer too.
      answer = "";
    }
    // Swagger UI's own script speaks of exceptions.
    answer = answer.contains("text/javascript") ? "" : answer;
    String shown = new String(request, StandardCharsets.ISO_8859_1);
    assertThat(answer)
        .as("seed %d, round %d: %s", SEED, round, shown)
        .doesNotContain("\tat ", "Exception", "HTTP/1.1 500", "HTTP/1.1 502", "helidon");
  }
}
