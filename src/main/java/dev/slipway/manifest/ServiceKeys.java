package dev.slipway.manifest;

import dev.slipway.manifest.RagSpec.Rerank;
import dev.slipway.manifest.RagSpec.Store;
import dev.slipway.model.ModelSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Describes the RAG service: retrieval, the HTTP side, traces. The bounds are this project's. */
final class ServiceKeys {
  private static final String FIELD = "[A-Za-z_][A-Za-z0-9_.-]{0,63}";

  private static final Key<URI> QDRANT_URL =
      Key.required(
          "qdrant",
          ScalarTypes.address("an address, https://host:port", address -> address),
          "https://qdrant.example:6333",
          "The Qdrant server.");

  private static final Key<SecretReference> QDRANT_KEY =
      Key.required("key", ScalarTypes.secret(), "secret:qdrant", "The secret with its API key.");

  static final Key<Store> STORE =
      Key.of(
          "rag.store",
          new ChoiceType<>(
              ScalarTypes.word(Map.<String, Store>of("embedded", new Store.Embedded())),
              new ObjectType<>(
                  "a map of qdrant, key",
                  Shape.of("A Qdrant server.", QDRANT_URL, QDRANT_KEY),
                  values -> new Store.Qdrant(values.get(QDRANT_URL), values.get(QDRANT_KEY)),
                  values -> Optional.empty())),
          "embedded",
          "{qdrant: \"https://qdrant.example:6333\", key: \"secret:qdrant\"}",
          "Where passages are searched: embedded (Lucene on disk), or a Qdrant server.");

  static final Key<List<String>> COLLECTIONS =
      Key.of(
          "rag.collections",
          new ListType<>(
              ScalarTypes.text("a collection's name", "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"), 1, 50),
          "[docs]",
          "[posts, articles, repositories]",
          "The collections that are searched; documents go to the first unless told otherwise.");

  static final Key<Integer> K =
      Key.of(
          "rag.k",
          ScalarTypes.integer(1, 100),
          "3",
          "5",
          "How many passages the prompt gets at most.");

  static final Key<List<String>> FIELDS =
      Key.of(
          "rag.self_query.fields",
          new ListType<>(ScalarTypes.text("a metadata field's name", FIELD), 0, 20),
          "[]",
          "[author, source]",
          "Metadata that a question may filter on.");

  static final Key<Integer> EXPAND =
      Key.of(
          "rag.expand",
          ScalarTypes.integer(0, 10),
          "0",
          "3",
          "How many more questions the model makes of one before the search.");

  private static final Key<String> CROSS_ENCODER =
      Key.required(
          "cross_encoder",
          ScalarTypes.text(
              "file:path or hf://org/name", "(file:|hf://)[\\s\\S]+", ServiceKeys::crossEncoder),
          "hf://cross-encoder/ms-marco-MiniLM-L6-v2",
          "An ONNX model: file:path or hf://org/name.");

  static final Key<Rerank> RERANK =
      Key.of(
          "rag.rerank",
          new ChoiceType<>(
              ScalarTypes.word(
                  new TreeMap<String, Rerank>(
                      Map.of("none", new Rerank.None(), "mmr", new Rerank.Mmr()))),
              new ObjectType<>(
                  "a map of cross_encoder",
                  Shape.of("A cross-encoder.", CROSS_ENCODER),
                  values -> new Rerank.CrossEncoder(values.get(CROSS_ENCODER)),
                  values -> Optional.empty())),
          "none",
          "mmr",
          "What orders the passages anew: none, mmr (fewer repetitions), or a cross-encoder.");

  static final Key<String> PROMPT =
      Key.of(
          "rag.prompt",
          ScalarTypes.text("a file's path", "(?=[\\s\\S]*\\S)[^\\u0000-\\u001f]{1,1000}"),
          "templates/prompt/grounded.mustache",
          "prompts/short.mustache",
          "The prompt, a mustache file: relative to the manifest, else one that Slipway brings.");

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
                      ServiceKeys::keys))
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

  static final Key<TraceSpec.Store> TRACE_STORE =
      Key.of(
          "trace.store",
          ScalarTypes.word(TraceSpec.Store.class),
          "sqlite",
          "sqlite",
          "Where traces are kept on this machine.");

  static final Key<Optional<URI>> EXPORT =
      Key.of(
          "trace.export",
          new OptionalType<>(
              ScalarTypes.address("an OTLP address, http://host:port", address -> address)),
          "null",
          "http://localhost:4318",
          "An OTLP endpoint that gets them too.");

  static final Key<Boolean> CONTENT =
      Key.of(
          "trace.content",
          ScalarTypes.bool(),
          "false",
          "true",
          "Whether what is exported carries the text of prompts and answers.");

  private ServiceKeys() {}

  private static Optional<Optional<SecretReference>> keys(String text) {
    Optional<SecretReference> keys = ScalarTypes.reference(text);
    return keys.isPresent() ? Optional.of(keys) : Optional.empty();
  }

  private static Optional<String> crossEncoder(String text) {
    return ManifestKeys.source(text)
        .filter(
            source ->
                switch (source) {
                  case ModelSource.LocalPath _ -> true;
                  case ModelSource.HuggingFace _ -> true;
                  case ModelSource.S3Prefix _ -> false;
                  case ModelSource.ModelPackage _ -> false;
                })
        .map(ModelSource::uri);
  }

  static Shape addTo(Shape shape) {
    return shape
        .section("rag", "How a question gets its context.", STORE, COLLECTIONS, K)
        .section("rag.self_query", "Filters out of the question itself.", FIELDS)
        .with(EXPAND, RERANK, PROMPT)
        .section("api", "How the RAG service listens.", HOST, ENGINE, PORT, KEYS)
        .section(
            "api.limits",
            "What the service takes at most.",
            CONCURRENCY,
            REQUESTS,
            TOKENS,
            BODY,
            DEADLINE)
        .section(
            "trace", "What prompt monitoring keeps of a question.", TRACE_STORE, EXPORT, CONTENT);
  }
}
