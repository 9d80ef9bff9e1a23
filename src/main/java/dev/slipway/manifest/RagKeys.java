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

/** Describes how a question gets its context. The bounds are this project's. */
final class RagKeys {
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
              "file:path or hf://org/name", "(file:|hf://)[\\s\\S]+", RagKeys::fileOrHub),
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

  static final Key<Optional<String>> TENANT =
      Key.of(
          "rag.tenant",
          new OptionalType<>(ScalarTypes.text("a metadata field's name", FIELD)),
          "null",
          "tenant",
          "The metadata that must be the tenant of the caller's key; null if all see all.");

  static final Key<Duration> SELF_QUERY_BUDGET =
      Key.of(
          "rag.budget.self_query",
          ScalarTypes.duration("50ms", "1m"),
          "3s",
          "500ms",
          "How long self-query may take; then there is no filter.");

  static final Key<Duration> EXPAND_BUDGET =
      Key.of(
          "rag.budget.expand",
          ScalarTypes.duration("50ms", "1m"),
          "5s",
          "500ms",
          "How long expansion may take; then there are no more questions.");

  static final Key<Duration> RERANK_BUDGET =
      Key.of(
          "rag.budget.rerank",
          ScalarTypes.duration("50ms", "1m"),
          "2s",
          "500ms",
          "How long reranking may take; then the order stays.");

  private RagKeys() {}

  static Optional<String> fileOrHub(String text) {
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
        .with(EXPAND, RERANK, PROMPT, TENANT)
        .section(
            "rag.budget",
            "How long each step may take before the answer goes on without it.",
            SELF_QUERY_BUDGET,
            EXPAND_BUDGET,
            RERANK_BUDGET);
  }
}
