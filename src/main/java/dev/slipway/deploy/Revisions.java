package dev.slipway.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Keeps an environment's revisions in the store's bucket: a record for each, {@code
 * revisions/ENVIRONMENT/NNNN.json}, and its endpoint template beside it.
 */
public final class Revisions {
  private static final String TYPE = "application/json";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Bucket bucket;
  private final String prefix;

  /**
   * Opens the revisions below a prefix.
   *
   * @param prefix ends in a slash
   */
  public Revisions(Bucket bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /** Lists all revisions, the oldest first. */
  public List<Revision> history() {
    return bucket.list(prefix).stream()
        .map(Bucket.Item::key)
        .filter(key -> key.substring(prefix.length()).matches("[0-9]+\\.json"))
        .flatMap(key -> bucket.get(key).map(body -> read(key, body)).stream())
        .sorted(Comparator.comparingInt(Revision::number))
        .toList();
  }

  /**
   * Returns a revision of a history.
   *
   * @throws UsageFailure if there is none of that number
   */
  static Revision numbered(List<Revision> history, int number) {
    return history.stream()
        .filter(revision -> revision.number() == number)
        .findFirst()
        .orElseThrow(
            () ->
                new UsageFailure(
                    "There is no revision " + number,
                    history.isEmpty()
                        ? "nothing was deployed in this environment."
                        : "the revisions are 1 to " + history.getLast().number() + ".",
                    "`slipway history` lists them."));
  }

  /** Returns the newest of a history. */
  static Optional<Revision> newest(List<Revision> history) {
    return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
  }

  /** Returns where the template of a revision belongs. */
  String templateKey(int number) {
    return prefix + "%04d.template.json".formatted(number);
  }

  /** Returns where the template of a revision's business layer belongs. */
  String serviceKey(int number) {
    return prefix + "%04d.service.template.json".formatted(number);
  }

  /** Keeps a template of a revision. */
  void keep(String key, String template) {
    bucket.put(key, template.getBytes(StandardCharsets.UTF_8), TYPE);
  }

  /** Returns the template of a revision's business layer; absent where it has none. */
  Optional<String> serviceTemplate(int number) {
    return bucket.get(serviceKey(number)).map(body -> new String(body, StandardCharsets.UTF_8));
  }

  /**
   * Returns the endpoint's template of a revision; absent where it has no endpoint.
   *
   * @throws OperationFailed if it is gone
   */
  Optional<String> template(Revision revision) {
    return Optional.ofNullable(revision.templateKey()).map(key -> template(revision, key));
  }

  private String template(Revision revision, String key) {
    return bucket
        .get(key)
        .map(body -> new String(body, StandardCharsets.UTF_8))
        .orElseThrow(
            () ->
                new OperationFailed(
                    "template_gone",
                    "Cannot put back revision " + revision.number(),
                    "its template " + key + " is no longer in " + bucket.name(),
                    "Deploy the manifest as it was then."));
  }

  /** Writes a revision's record, over the one that is there. */
  void record(Revision revision) {
    try {
      bucket.put(
          prefix + "%04d.json".formatted(revision.number()),
          JSON.writeValueAsBytes(revision),
          TYPE);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a revision is always JSON", e);
    }
  }

  private Revision read(String key, byte[] body) {
    try {
      return JSON.readValue(body, Revision.class);
    } catch (IOException broken) {
      throw new OperationFailed(
          "revision_unreadable",
          "Cannot read " + key + " in " + bucket.name(),
          "it isn't the record of a revision",
          "Remove that object; the deployment itself doesn't depend on it.",
          false,
          broken);
    }
  }
}
