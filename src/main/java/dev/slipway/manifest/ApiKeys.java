package dev.slipway.manifest;

import dev.slipway.manifest.ApiSpec.Jwt;
import dev.slipway.manifest.ApiSpec.Personal;
import dev.slipway.manifest.ApiSpec.Tls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Describes how the RAG service listens. The bounds are this project's. */
final class ApiKeys {
  private static final String FILE = "(?=[\\s\\S]*\\S)[^\\u0000-\\u001f]{1,1000}";

  static final Key<ApiSpec.Host> HOST =
      Key.of(
          "api.host",
          ScalarTypes.word(ApiSpec.Host.class),
          "local",
          "fargate",
          "Where the service runs: this machine, or AWS Fargate (target aws only).");

  static final Key<ApiSpec.Engine> ENGINE =
      Key.of(
          "api.engine",
          ScalarTypes.word(ApiSpec.Engine.class),
          "endpoint",
          "embedded",
          "What answers: the endpoint, or a small GGUF beside the service.");

  static final Key<Integer> PORT =
      Key.of(
          "api.port",
          ScalarTypes.integer(0, 65_535),
          "8000",
          "8080",
          "The service's TCP port; 0 for a free one.");

  static final Key<Optional<SecretReference>> KEYS =
      Key.of(
          "api.keys",
          ScalarTypes.either(
                  "none",
                  Optional.<SecretReference>empty(),
                  ScalarTypes.text(
                      "none, or the name of a secret, secret:NAME",
                      "secret:[\\s\\S]+",
                      ApiKeys::keys))
              .hidden(),
          "none",
          "secret:api-keys",
          "The secret with the API keys that callers need; none only with host local.");

  static final Key<Integer> CONCURRENCY =
      Key.of(
          "api.limits.concurrency",
          ScalarTypes.integer(1, 10_000),
          "64",
          "16",
          "Questions at once; one more gets 503.");

  static final Key<Integer> REQUESTS =
      Key.of(
          "api.limits.requests_per_minute",
          ScalarTypes.integer(1, 1_000_000),
          "600",
          "60",
          "Per caller; one more gets 429.");

  static final Key<Optional<Long>> TOKENS =
      Key.of(
          "api.limits.tokens_per_day",
          new OptionalType<>(ScalarTypes.number(1, 1_000_000_000_000L)),
          "null",
          "1000000",
          "Per caller; null for no budget.");

  /** SageMaker's own body limit is 25 MB; a question needs far less. */
  static final Key<Long> BODY =
      Key.of(
          "api.limits.body",
          ScalarTypes.size("1KiB", "25MiB"),
          "1MiB",
          "64KiB",
          "The longest request body.");

  static final Key<Duration> DEADLINE =
      Key.of(
          "api.limits.deadline",
          ScalarTypes.duration("100ms", "1h"),
          "60s",
          "30s",
          "How long one question may take, streamed or not.");

  static final Key<Optional<Integer>> PROMPT_TOKENS =
      Key.of(
          "api.limits.prompt_tokens",
          new OptionalType<>(ScalarTypes.integer(1, 10_000_000)),
          "null",
          "2000",
          "Tokens of one conversation, without its passages; null for what the window holds.");

  static final Key<Optional<Integer>> ANSWER_TOKENS =
      Key.of(
          "api.limits.answer_tokens",
          new OptionalType<>(ScalarTypes.integer(1, 10_000_000)),
          "null",
          "500",
          "Tokens that one question may ask for; null for what the window holds.");

  static final Key<Optional<String>> MODEL =
      Key.of(
          "api.model",
          new OptionalType<>(
              ScalarTypes.text(
                  "file:path or hf://org/name", "(file:|hf://)[\\s\\S]+", RagKeys::fileOrHub)),
          "null",
          "hf://org/name",
          "The GGUF that engine embedded answers with; null for model.source.");

  static final Key<Optional<String>> FALLBACK =
      Key.of(
          "api.fallback",
          new OptionalType<>(
              ScalarTypes.text("an endpoint's name", "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")),
          "null",
          "llm-twin-small",
          "A SageMaker endpoint that answers while the deployment's own doesn't.");

  private static final Key<URI> ISSUER =
      Key.required(
          "issuer",
          ScalarTypes.address("an address, https://host/path", address -> address),
          "https://login.example/",
          "The OpenID Connect issuer, as its tokens name it.");

  private static final Key<String> AUDIENCE =
      Key.required(
          "audience",
          ScalarTypes.text("an audience", "[^\\u0000-\\u001f]{1,300}"),
          "llm-twin",
          "For whom a token must be.");

  private static final Key<Optional<String>> TENANT_CLAIM =
      Key.of(
          "tenant",
          new OptionalType<>(ScalarTypes.text("a claim's name", "[^\\u0000-\\u001f]{1,100}")),
          "null",
          "org_id",
          "The claim that names the caller's tenant.");

  static final Key<Optional<Jwt>> JWT =
      Key.of(
          "api.jwt",
          new OptionalType<>(
              new ObjectType<>(
                  "a map of issuer, audience, tenant",
                  Shape.of("Whose tokens are taken.", ISSUER, AUDIENCE, TENANT_CLAIM),
                  values ->
                      new Jwt(values.get(ISSUER), values.get(AUDIENCE), values.get(TENANT_CLAIM)),
                  values -> Optional.empty())),
          "null",
          "{issuer: \"https://login.example/\", audience: llm-twin}",
          "Whose tokens are taken beside API keys: JWTs of an OpenID Connect issuer.");

  static final Key<List<String>> ORIGINS =
      Key.of(
          "api.cors",
          new ListType<>(
              ScalarTypes.text(
                  "an origin, https://host[:port]", "https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?"),
              0,
              50),
          "[]",
          "[\"https://chat.example\"]",
          "Origins of pages that browsers may let use the service.");

  private static final Key<String> CERTIFICATE_FILE =
      Key.required(
          "certificate",
          ScalarTypes.text("a file's path", FILE),
          "tls/chain.pem",
          "The certificate chain in PEM, the server's own first.");

  private static final Key<String> KEY_FILE =
      Key.required(
          "key",
          ScalarTypes.text("a file's path", FILE),
          "tls/key.pem",
          "Its key in PEM, PKCS #8.");

  static final Key<Optional<Tls>> TLS =
      Key.of(
          "api.tls",
          new OptionalType<>(
              new ObjectType<>(
                  "a map of certificate, key",
                  Shape.of("Files, relative to the manifest.", CERTIFICATE_FILE, KEY_FILE),
                  values -> new Tls(values.get(CERTIFICATE_FILE), values.get(KEY_FILE)),
                  values -> Optional.empty())),
          "null",
          "{certificate: tls/chain.pem, key: tls/key.pem}",
          "What the service serves HTTPS with; null for HTTP.");

  static final Key<List<Personal>> REDACT =
      Key.of(
          "api.checks.redact",
          new ListType<>(ScalarTypes.word(Personal.class), 0, Personal.values().length),
          "[]",
          "[email, card]",
          "Personal data that is replaced in questions, answers and traces.");

  static final Key<List<String>> INPUT =
      Key.of(
          "api.checks.input",
          new ListType<>(expression(), 0, 50),
          "[]",
          "[\"(?i)internal only\"]",
          "Regular expressions; a question in which one is found is refused.");

  static final Key<List<String>> OUTPUT =
      Key.of(
          "api.checks.output",
          new ListType<>(expression(), 0, 50),
          "[]",
          "[\"(?i)as an ai language model\"]",
          "Regular expressions; an answer in which one is found is withheld.");

  private ApiKeys() {}

  private static Optional<Optional<SecretReference>> keys(String text) {
    Optional<SecretReference> keys = ScalarTypes.reference(text);
    return keys.isPresent() ? Optional.of(keys) : Optional.empty();
  }

  private static ScalarType<String> expression() {
    return ScalarTypes.text(
        "a regular expression of at most 500 characters",
        "[\\s\\S]{1,500}",
        text -> {
          try {
            return text.length() > 500
                ? Optional.empty()
                : Optional.of(Pattern.compile(text).pattern());
          } catch (PatternSyntaxException notOne) {
            return Optional.empty();
          }
        });
  }

  static Shape addTo(Shape shape) {
    return shape
        .section(
            "api",
            "How the RAG service listens.",
            HOST,
            ENGINE,
            MODEL,
            FALLBACK,
            PORT,
            KEYS,
            JWT,
            ORIGINS,
            TLS)
        .section(
            "api.limits",
            "What the service takes at most.",
            CONCURRENCY,
            REQUESTS,
            TOKENS,
            BODY,
            DEADLINE,
            PROMPT_TOKENS,
            ANSWER_TOKENS)
        .section("api.checks", "What questions and answers must not hold.", REDACT, INPUT, OUTPUT);
  }
}
