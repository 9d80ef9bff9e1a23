package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestErrorsTest {
  private final RunningApi api = new RunningApi();

  @AfterAll
  void stop() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|['body','query']|missing|Field required",
        "[]|['body']|model_attributes_type|"
            + "Input should be a valid dictionary or object to extract fields from",
        "{'query':null}|['body','query']|string_type|Input should be a valid string",
        "{'query':7}|['body','query']|string_type|Input should be a valid string",
        "{'query':' '}|['body','query']|string_too_short|String should have at least 1 character",
        "{'query':'a\\u0000b'}|['body','query']|value_error|Value error, must not contain NUL",
        "{'query':'\\ud800'}|['body','query']|string_unicode|"
            + "Input should be a valid string, unable to parse raw data as a unicode string",
        "{'query':'x','k':0}|['body','k']|greater_than_equal|"
            + "Input should be greater than or equal to 1",
        "{'query':'x','k':101}|['body','k']|less_than_equal|"
            + "Input should be less than or equal to 100",
        "{'query':'x','k':1e400}|['body','k']|int_parsing_size|"
            + "Unable to parse input string as an integer, exceeded maximum size",
        "{'query':'x','k':'many'}|['body','k']|int_parsing|"
            + "Input should be a valid integer, unable to parse string as an integer",
        "{'query':'x','k':1.5}|['body','k']|int_from_float|"
            + "Input should be a valid integer, got a number with a fractional part",
        "{'query':'x','k':[]}|['body','k']|int_type|Input should be a valid integer",
        "{'query':'x','stream':'maybe'}|['body','stream']|bool_parsing|"
            + "Input should be a valid boolean, unable to interpret input",
        "{'query':'x','filter':[]}|['body','filter']|dict_type|Input should be a valid dictionary",
        "{'query':'x','filter':{'a':1}}|['body','filter','a']|string_type|"
            + "Input should be a valid string",
      })
  void violationsAreNamedAsPydanticNamesThem(String body, String loc, String type, String msg) {
    HttpResponse<String> response = api.post("/rag", body.replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(422);
    JsonNode detail = RunningApi.json(response.body()).get("detail");
    assertThat(detail).hasSize(1);
    assertThat(detail.get(0).get("loc")).isEqualTo(RunningApi.json(loc.replace('\'', '"')));
    assertThat(detail.get(0).get("type").textValue()).isEqualTo(type);
    assertThat(detail.get(0).get("msg").textValue()).isEqualTo(msg);
  }

  @Test
  void allViolationsComeAtOnceWithTheirNumbers() {
    JsonNode detail =
        RunningApi.json(api.post("/rag", "{\"query\":\"\",\"k\":-1,\"stream\":[]}").body())
            .get("detail");

    assertThat(detail.findValuesAsText("type"))
        .containsExactly("string_too_short", "greater_than_equal", "bool_type");
    assertThat(detail.get(0).get("ctx")).isEqualTo(RunningApi.json("{\"min_length\":1}"));
    assertThat(detail.get(1).get("ctx")).isEqualTo(RunningApi.json("{\"ge\":1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "nope",
        "{'query':'x'} {}",
        "{'query':'x','query':'y'}",
        "{'query':NaN}",
        "{'a':01}",
        "{'query':'a\u0000b'}",
        "{'query':'a\nb'}",
        "\u00ff\u00fe{}",
        "'\\x'"
      })
  void whatIsNoJsonIsSaidToBeNone(String body) {
    HttpResponse<String> response = api.post("/rag", body.replace('\'', '"'));

    JsonNode detail = RunningApi.json(response.body()).get("detail").get(0);
    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(detail.get("type").textValue()).isEqualTo("json_invalid");
    assertThat(detail.get("msg").textValue()).isEqualTo("JSON decode error");
    assertThat(detail.get("loc").get(0).textValue()).isEqualTo("body");
    assertThat(detail.get("loc").get(1).isInt()).isTrue();
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    byte[] body = {'{', '"', 'q', 'u', 'e', 'r', 'y', '"', ':', '"', (byte) 0xc3, '"', '}'};
    String head =
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n";
    byte[] request = new byte[head.length() + body.length];
    System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
    System.arraycopy(body, 0, request, head.length(), body.length);

    assertThat(api.raw(request)).startsWith("HTTP/1.1 422 ").contains("json_invalid");
  }

  @Test
  void deepNestingIsRefusedWithoutExhaustingAnything() {
    String deep = "[".repeat(200_000);

    assertThat(api.post("/rag", "{\"query\":" + deep).statusCode()).isEqualTo(422);
    assertThat(api.post("/v1/chat/completions", deep).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1e999999999", "1e-999999999", "1E+99999999999999"})
  void hugeNumbersCostNothing(String number) {
    assertThat(api.post("/rag", "{\"query\":\"x\",\"k\":" + number + "}").statusCode())
        .isEqualTo(422);
    assertThat(api.post("/rag", "{\"query\":\"x\",\"k\":" + "9".repeat(5000) + "}").statusCode())
        .isEqualTo(422);
    assertThat(
            api.post("/rag", "{\"query\":\"x\",\"k\":\"" + "9".repeat(500_000) + "\"}")
                .statusCode())
        .isEqualTo(422);
  }

  @Test
  void anEmptyBodyIsAMissingOne() {
    assertThat(api.post("/rag", "").body())
        .isEqualTo(
            "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"Field required\",\"type\":\"missing\"}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/json; charset=utf-16", "application/jsonx", "*/*"
      })
  void otherContentTypesAreRefused(String type) {
    HttpResponse<String> response =
        api.post("/rag", "{\"query\":\"x\"}", Map.of("Content-Type", type));

    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.body()).contains("application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/vnd.x+json",
        "application/json;charset=\"utf-8\""
      })
  void kindsOfJsonAreTaken(String type) {
    assertThat(api.post("/rag", "{\"query\":\"x\"}", Map.of("Content-Type", type)).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/rag|OPTIONS, POST",
        "PUT|/v1/chat/completions|OPTIONS, POST",
        "DELETE|/traces|GET, HEAD, OPTIONS",
        "PATCH|/traces/x|GET, HEAD, OPTIONS",
        "FOO|/health/live|GET, HEAD, OPTIONS"
      })
  void otherMethodsAreRefusedWithThoseAllowed(String method, String path, String allow) {
    HttpResponse<String> response = api.send(method, path, null, Map.of());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains(allow);
    assertThat(response.body())
        .isEqualTo(
            path.startsWith("/v1")
                ? "{\"error\":{\"message\":\"Method Not Allowed\",\"type\":\"invalid_request_error\","
                    + "\"param\":null,\"code\":\"method_not_allowed\"}}"
                : "{\"detail\":\"Method Not Allowed\"}");
  }

  @Test
  void optionsTellsTheMethodsAndNothingOfOrigins() {
    HttpResponse<String> response =
        api.send("OPTIONS", "/rag", null, Map.of("Origin", "http://elsewhere"));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("allow")).contains("OPTIONS, POST");
    assertThat(response.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void headIsGetWithoutItsBody() {
    HttpResponse<String> get = api.send("GET", "/v1/models", null, Map.of());
    HttpResponse<String> head = api.send("HEAD", "/v1/models", null, Map.of());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length"))
        .isEqualTo(get.headers().firstValue("content-length"));
    assertThat(api.send("HEAD", "/nothing", null, Map.of()).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/nothing", "/rag/", "//rag", "/traces/", "/health", "/docs/../rag", "/%2e/rag"})
  void otherPathsAreNotFound(String path) {
    HttpResponse<String> response = api.send("GET", path, null, Map.of());

    assertThat(response.statusCode()).isIn(404, 405, 400);
    assertThat(RunningApi.json(response.body()).get("detail").textValue()).isNotBlank();
  }

  @Test
  void pathsUnderV1AreNotFoundInOpenAisShape() {
    HttpResponse<String> response = api.send("GET", "/v1/nothing", null, Map.of());

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(RunningApi.json(response.body()).get("error").get("code").textValue())
        .isEqualTo("not_found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /<script> HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /traces?limit=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nBad\u0001Name: y\r\n\r\n",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Length: lots\r\n\r\n",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n{}",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost\n\n",
        "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        "POST /rag HTTP/1.1\r\nHost: localhost\r\nContent-Type: \u00ff\r\nContent-Length: 2\r\n\r\n{}",
      })
  void whatIsNoHttpGetsAPlainSafeRefusal(String request) throws IOException {
    String answer = api.raw(request);

    assertThat(answer).startsWith("HTTP/1.1 4");
    assertThatItIsPlain(answer);
    assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
  }

  private static void assertThatItIsPlain(String refusal) {
    assertThat(refusal.toLowerCase(java.util.Locale.ROOT))
        .contains("content-type: application/json")
        .contains("x-content-type-options: nosniff")
        .contains("x-request-id: ")
        .doesNotContain("script", "exception", "helidon");
    assertThat(RunningApi.json(refusal.substring(refusal.indexOf("\r\n\r\n") + 4)).has("detail"))
        .isTrue();
  }

  @Test
  void aProxyThatSpeaksAnOlderHttpIsToldSo() throws IOException {
    String answer = api.raw("GET /health/live HTTP/1.0\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 505 ");
    assertThatItIsPlain(answer);
  }

  @Test
  void aTooLongAddressAndTooLargeHeadersAreRefused() throws IOException {
    assertThat(api.raw("GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(
            api.raw("GET / HTTP/1.1\r\nHost: localhost\r\nA: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @Test
  void protocolErrorsUnderV1HaveOpenAisShape() throws IOException {
    assertThat(api.raw("GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
        .contains("{\"error\":{\"message\":\"Bad Request\"");
  }

  @Test
  void aRequestIdIsTakenIfItIsSafeAndMadeIfNot() {
    assertThat(id("abc-123_x.y:z")).isEqualTo("abc-123_x.y:z");
    assertThat(id("x".repeat(129))).hasSize(36);
    assertThat(id("a b")).hasSize(36);
    assertThat(id("\"><script>")).hasSize(36);
    assertThat(api.get("/health/live").headers().firstValue("x-request-id").orElseThrow())
        .hasSize(36);
    assertThat(
            api.send("GET", "/nothing", null, Map.of("x-request-id", "mine"))
                .headers()
                .firstValue("x-request-id"))
        .contains("mine");
  }

  private String id(String given) {
    return api.send("GET", "/health/live", null, Map.of("x-request-id", given))
        .headers()
        .firstValue("x-request-id")
        .orElseThrow();
  }

  @Test
  void refusalsOfShortBodiesKeepTheConnection() throws IOException {
    try (Socket socket = api.connect()) {
      for (int i = 0; i < 3; i++) {
        socket
            .getOutputStream()
            .write(
                "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
                    .getBytes(StandardCharsets.US_ASCII));
        byte[] head = socket.getInputStream().readNBytes(12);
        assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404");
        StringBuilder rest = new StringBuilder();
        while (rest.indexOf("\"Not Found\"}") < 0) {
          rest.append((char) socket.getInputStream().read());
        }
      }
    }
  }

  @Test
  void aConnectionThatIsToCloseIsClosed() throws IOException {
    try (Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("{\"status\":\"live\"}");
    }
  }

  @Test
  void aBodyThatNobodyReadIsNeverTakenForARequest() throws IOException {
    String hidden = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String chunk = Integer.toHexString(hidden.length()) + "\r\n" + hidden + "\r\n";

    String answers =
        api.raw(
            "POST /nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk
                + "0\r\n\r\n"
                + hidden);

    assertThat(answers).startsWith("HTTP/1.1 404 ").doesNotContain("HTTP/1.1 200");
  }
}
