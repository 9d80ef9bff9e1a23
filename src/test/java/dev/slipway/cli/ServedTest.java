package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.ECKey;
import dev.slipway.Eventually;
import dev.slipway.PrivateAuthority;
import dev.slipway.access.IssuerStandIn;
import dev.slipway.cli.FailingEndpoint.State;
import dev.slipway.cli.ServedProcess.Answer;
import dev.slipway.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One service that strangers may reach, with all that protects it, as a process: keys that the
 * command line makes, an issuer's tokens, limits, checks, TLS, and an endpoint that fails. The
 * tests go in an order: the endpoint is left alone for ten seconds, and meanwhile the rest is seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServedTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final FailingEndpoint endpoint = new FailingEndpoint();
  private final IssuerStandIn issuer = new IssuerStandIn();
  private final Map<String, JsonNode> keys = new HashMap<>();
  private final Path home;
  private final Path manifest;
  private final PrivateAuthority authority;
  private final CommandLineFixture here;
  private Optional<ServedProcess> served = Optional.empty();

  ServedTest(@TempDir Path home) throws Exception {
    this.home = home;
    this.manifest = home.resolve("slipway.yaml");
    this.authority = PrivateAuthority.in(home);
    this.here = new CommandLineFixture(home);
  }

  @BeforeAll
  void serve() throws Exception {
    Files.writeString(
        manifest,
        """
        name: chat
        target: local
        region: eu-west-1
        model: {source: "file:%s"}
        api:
          keys: secret:chat-keys
          jwt: {issuer: "%s", audience: chat}
          tls: {certificate: chain.pem, key: key.pem}
          fallback: spare
          limits: {prompt_tokens: 400, requests_per_minute: 60, tokens_per_day: 600}
          checks: {redact: [email], input: ["(?i)internal only"], output: ["(?i)project falcon"]}
        """
            .formatted(DemoModel.folder(), issuer.address()));
    create("short", "--expires", Instant.now().plusSeconds(2).toString());
    create("reader", "--scope", "traces");
    create("acme", "--tenant", "acme");
    for (String name : List.of("web", "failing", "checked", "greedy", "busy", "waiting")) {
      create(name);
    }
    served =
        Optional.of(
            ServedProcess.start(
                process(
                    Map.of(
                        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", endpoint.uri().toString(),
                        "AWS_ACCESS_KEY_ID", "testing",
                        "AWS_SECRET_ACCESS_KEY", "testing",
                        "AWS_EC2_METADATA_DISABLED", "true")),
                manifest,
                Optional.of(authority.trusting()),
                "--endpoint",
                "first",
                "--listen",
                "0.0.0.0"));
  }

  @AfterAll
  void stop() {
    served.ifPresent(ServedProcess::close);
    issuer.close();
    endpoint.close();
  }

  private SlipwayProcess process(Map<String, String> environment) {
    return new SlipwayProcess(home, home, environment);
  }

  private void create(String name, String... more) throws IOException {
    var made =
        here.run(
            Stream.concat(
                    Stream.of("key", "create", "-f", manifest.toString(), "--json", "--name", name),
                    Stream.of(more))
                .toArray(String[]::new));
    assertThat(made.exitCode()).as(made.err()).isZero();
    keys.put(name, made.json());
  }

  private Optional<String> key(String name) {
    return Optional.ofNullable(keys.get(name)).map(made -> made.path("key").asText());
  }

  private ServedProcess service() {
    return served.orElseThrow();
  }

  private Answer ask(String key, String question) {
    return service().ask(key(key), question);
  }

  private int status(Optional<String> token) {
    return service().get(token, "/v1/models").status();
  }

  /** Reads the trace, which is recorded beside the answer. */
  private JsonNode trace(Answer answer) {
    String path = "/traces/" + answer.json().path("trace_id").asText();
    Eventually.holds(
        "the trace is recorded", SOON, () -> service().get(key("reader"), path).status() == 200);
    return service().get(key("reader"), path).json();
  }

  @Test
  @Order(1)
  void whateverIsWrongWithTheEndpointTheFallbackAnswersAndTheTraceSaysWhoDid() {
    assertThat(trace(ask("failing", "Who?")).path("model").asText()).isEqualTo("first");
    for (State wrong : List.of(State.MODEL_ERROR, State.MISSING, State.FAULT)) {
      endpoint.is(wrong);
      Answer whole = ask("failing", "How do I roll back?");

      assertThat(whole.status()).as(whole.body()).isEqualTo(200);
      assertThat(whole.json().path("answer").asText()).isEqualTo("With one command.");
      assertThat(trace(whole).path("model").asText())
          .as("%s", wrong)
          .isEqualTo(FailingEndpoint.SPARE);
    }
    assertThat(service().get(Optional.empty(), "/metrics").body())
        .contains("gen_ai_request_model=\"spare\"", "gen_ai_request_model=\"first\"");
  }

  @Test
  @Order(2)
  void anEndpointThatFailedFiveTimesIsLeftAlone() {
    int before = endpoint.calls();

    Answer streamed = service().ask(key("failing"), "And now?", true);

    assertThat(streamed.body()).contains("command.", "event: done");
    assertThat(ask("failing", "And then?").status()).isEqualTo(200);
    assertThat(endpoint.calls()).isEqualTo(before);
  }

  @Test
  @Order(3)
  void aKeyOpensWhatItsScopesSayAndNothingElseDoes() {
    assertThat(ask("web", "May I?").status()).isEqualTo(200);
    assertThat(ask("acme", "May I?").status()).isEqualTo(200);
    assertThat(ask("reader", "May I?").status()).isEqualTo(403);
    assertThat(service().get(key("web"), "/traces").status()).isEqualTo(403);
    assertThat(service().get(key("reader"), "/traces").status()).isEqualTo(200);

    Eventually.holds("a key expires", SOON, () -> status(key("short"), 50) == 401);
    String good = key("web").orElseThrow();
    String mistyped =
        good.substring(0, good.length() - 9) + "0aZ" + good.substring(good.length() - 6);
    Map<Optional<String>, String> refused =
        Map.of(
            Optional.empty(), "",
            Optional.of("nothing of ours"), "",
            Optional.of(mistyped), "mistyped",
            key("short"), "expired");
    refused.forEach(
        (token, why) -> {
          Answer answer = service().ask(token, "May I?");
          assertThat(answer.status()).as("%s", token).isEqualTo(401);
          assertThat(answer.header("www-authenticate")).startsWith("Bearer").contains(why);
        });
  }

  @Test
  @Order(3)
  void anIssuersTokensOpenWhatTheySayByAnyOfItsKeys() throws Exception {
    ECKey old = IssuerStandIn.key("old");
    ECKey next = IssuerStandIn.key("next");
    issuer.publish(old);
    issuer.publish(next);

    assertThat(status(Optional.of(issuer.token(old, "chat", "ask")))).isEqualTo(200);
    assertThat(status(Optional.of(issuer.token(next, "chat", "ask")))).isEqualTo(200);
    assertThat(status(Optional.of(issuer.token(next, "chat", "traces")))).isEqualTo(403);
    assertThat(status(Optional.of(issuer.token(next, "other", "ask")))).isEqualTo(401);
    ECKey forged = IssuerStandIn.key("old");
    assertThat(status(Optional.of(issuer.token(forged, "chat", "ask")))).isEqualTo(401);
  }

  @Test
  @Order(3)
  void eachKeyHasItsOwnRequestsAndTokens() {
    endpoint.counts(590);
    Answer first = ask("greedy", "One?");
    endpoint.counts(7);
    assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("60");
    assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("600");
    // What was left is a little: one more answer may still take more than that.
    assertThat(ask("greedy", "Two?").header("x-ratelimit-remaining-tokens")).isEqualTo("7");
    Answer over = ask("greedy", "Three?");
    assertThat(over.status()).isEqualTo(429);
    assertThat(over.header("retry-after")).matches("[0-9]+");

    Answer last = service().get(key("busy"), "/v1/models");
    // A slow machine is given more of them meanwhile.
    for (int i = 0; i < 600 && last.status() == 200; i++) {
      last = service().get(key("busy"), "/v1/models");
    }
    assertThat(last.status()).isEqualTo(429);
    assertThat(last.header("x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(last.header("retry-after")).matches("[0-9]+");
    assertThat(status(key("web"))).isEqualTo(200);
  }

  @Test
  @Order(3)
  void aQuestionThatACheckOrALimitRefusesReachesNoModel() {
    endpoint.sent();

    Answer refused = ask("checked", "Tell me what is Internal Only.");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).doesNotContain("Internal Only");
    assertThat(ask("checked", "long ".repeat(500)).status()).isEqualTo(400);
    assertThat(endpoint.sent()).isEmpty();
  }

  @Test
  @Order(3)
  void personalDataReachesNeitherModelNorTraceNorCaller() {
    endpoint.sent();
    endpoint.says("Write to bo", "b@mail.exam", "ple, she said.");

    Answer answer = ask("checked", "Is ann@mail.example right?");

    assertThat(answer.json().path("answer").asText()).isEqualTo("Write to [email], she said.");
    assertThat(endpoint.sent()).contains("[email]").doesNotContain("ann@");
    assertThat(trace(answer).toString()).contains("[email]").doesNotContain("@mail");
    assertThat(service().ask(key("checked"), "Is ann@mail.example right?", true).body())
        .contains("[email]")
        .doesNotContain("@mail");
  }

  @Test
  @Order(3)
  void anAnswerThatMustNotBeShownIsWithheldAndInAStreamBeforeItsMatchIsSent() {
    endpoint.says("Nobody minds this. ".repeat(30), "It is called Project", " Falcon", ", so.");

    Answer whole = ask("checked", "What is it called?");
    Answer streamed = service().ask(key("checked"), "What is it called?", true);

    assertThat(whole.status()).isEqualTo(403);
    assertThat(whole.body()).contains("withheld").doesNotContain("minds", "Falcon");
    assertThat(streamed.status()).isEqualTo(200);
    // What was sent before stays sent; what could become a match was held back.
    assertThat(streamed.body())
        .contains("Nobody minds this", "event: error", "withheld")
        .doesNotContain("Project", "event: done");
    assertThat(service().get(Optional.empty(), "/metrics").body())
        .containsPattern("slipway_rejected_total\\{reason=\"check\"} [2-9]");
  }

  @Test
  @Order(3)
  void theCommandLineAsksItOnceItTrustsTheAuthorityOfItsCertificate() throws Exception {
    endpoint.says("With one command.");
    String url = service().url().toString();
    String[] question = {"ask", "--url", url, "--key-from", "CHAT_KEY", "How do I stop it?"};
    here.set("CHAT_KEY", key("web").orElseThrow());

    var distrusting = here.run(question);
    var trusting =
        process(
                Map.of(
                    "CHAT_KEY", key("web").orElseThrow(),
                    "SSL_CERT_FILE", authority.certificate().toString()))
            .run(question);

    assertThat(distrusting.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(distrusting.err()).contains("doesn't trust", "Set SSL_CERT_FILE");
    assertThat(trusting.expecting(ExitCode.DONE).out()).contains("With one command.");
    assertThat(trusting.err() + distrusting.err()).doesNotContain(key("web").orElseThrow());
  }

  @Test
  @Order(4)
  void keysAreReplacedWhileItRuns() throws Exception {
    create("next");
    Eventually.holds("the new key holds", SOON, () -> status(key("next"), 100) == 200);
    assertThat(status(key("web"))).isEqualTo(200);

    String id = Optional.ofNullable(keys.get("web")).orElseThrow().path("id").asText();
    assertThat(here.run("key", "revoke", id, "-f", manifest.toString()).exitCode()).isZero();

    Eventually.holds("the old key is refused", SOON, () -> status(key("web"), 100) == 401);
    assertThat(status(key("next"))).isEqualTo(200);
  }

  /** Looks now and then: each look counts among the key's requests. */
  private int status(Optional<String> token, int millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    return status(token);
  }

  @Test
  @Order(5)
  void theEndpointIsAskedAgainOnceItIsWell() {
    endpoint.is(State.WELL);
    int before = endpoint.calls();

    // Left alone for ten seconds, of which the tests above have taken some.
    Eventually.holds(
        "the endpoint answers again",
        Duration.ofSeconds(15),
        () -> {
          LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
          ask("waiting", "Are you there?");
          return endpoint.calls() > before;
        });
    assertThat(trace(ask("waiting", "And now?")).path("model").asText()).isEqualTo("first");
  }

  @Test
  @Order(6)
  void aSignalEndsItAndItsLogHasNeitherKeysNorWords() throws Exception {
    assertThat(service().terminate()).isEqualTo(143);

    try (Stream<Path> logs = Files.walk(home.resolve("state"))) {
      for (Path log : logs.filter(file -> file.toString().endsWith(".log")).toList()) {
        assertThat(log)
            .content()
            .contains("POST /rag 200")
            .doesNotContain("slw_", "With one", "roll back", "Internal", "mail");
      }
    }
  }
}
