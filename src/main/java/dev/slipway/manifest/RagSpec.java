package dev.slipway.manifest;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Says how a question gets its context.
 *
 * @param store where passages are searched
 * @param collections which collections are searched; the first takes documents by default
 * @param k how many passages the prompt gets at most
 * @param selfQueryFields metadata that a question may filter on; empty switches self-query off
 * @param expand how many more questions the model makes of one
 * @param rerank what orders the passages anew
 * @param prompt a mustache file; relative to the manifest, else one of the bundled templates
 * @param tenantField the metadata that must be the tenant of the caller's key; absent means that
 *     all callers see all passages
 * @param budgets how long each step may take
 */
public record RagSpec(
    Store store,
    List<String> collections,
    int k,
    List<String> selfQueryFields,
    int expand,
    Rerank rerank,
    String prompt,
    Optional<String> tenantField,
    Budgets budgets) {

  /** Copies the lists. */
  public RagSpec {
    collections = List.copyOf(collections);
    selfQueryFields = List.copyOf(selfQueryFields);
  }

  /** Where passages are searched. */
  public sealed interface Store {
    /** A Lucene index on disk. */
    record Embedded() implements Store {}

    /**
     * A Qdrant server.
     *
     * @param url its REST address
     * @param key its API key
     */
    record Qdrant(URI url, SecretReference key) implements Store {}
  }

  /** What orders the passages anew. */
  public sealed interface Rerank {
    /** Nothing. */
    record None() implements Rerank {}

    /** Maximal marginal relevance. */
    record Mmr() implements Rerank {}

    /**
     * A cross-encoder in ONNX.
     *
     * @param source {@code file:...} or {@code hf://...}
     */
    record CrossEncoder(String source) implements Rerank {}
  }

  /** How long a step may take before the answer goes on without it. */
  public record Budgets(Duration selfQuery, Duration expand, Duration rerank) {}
}
