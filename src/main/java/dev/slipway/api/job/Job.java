package dev.slipway.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.trace.TraceParent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * One question that its caller comes back for.
 *
 * @param id 32 hexadecimal digits, which nobody can guess
 * @param owner the caller's name, as the books have it
 * @param created when it was taken
 * @param state how far it is
 * @param starts how often it was begun
 * @param lease until when the service that has it says that it still does
 * @param question what is asked; absent once there is an end
 * @param end how it ended; absent before
 */
public record Job(
    String id,
    String owner,
    Instant created,
    State state,
    int starts,
    Instant lease,
    Optional<Asked> question,
    Optional<End> end) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  /** How far a job is. */
  public enum State {
    /** It waits for its turn. */
    QUEUED,
    /** It is being answered. */
    RUNNING,
    /** There is an answer. */
    DONE,
    /** There won't be one. */
    FAILED
  }

  /**
   * What is asked.
   *
   * @param tenant whose passages may be seen
   * @param requestId of the request that began it
   * @param parent the caller's span that it belongs to
   */
  public record Asked(
      String query,
      OptionalInt k,
      Map<String, String> filter,
      Optional<String> tenant,
      String requestId,
      Optional<TraceParent> parent) {
    /** Copies the filter. */
    public Asked {
      filter = Map.copyOf(filter);
    }
  }

  /** How a job ended. */
  public sealed interface End {
    /**
     * With an answer.
     *
     * @param json the document that {@code POST /rag} answers
     */
    record Answer(String json) implements End {}

    /**
     * Without.
     *
     * @param status of HTTP that the question would have had
     * @param code a stable name
     * @param message for the caller
     */
    record Failure(int status, String code, String message) implements End {}
  }

  /** Returns a new job. */
  static Job of(String owner, Asked question, Instant now, Instant lease) {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    return new Job(
        HexFormat.of().formatHex(id),
        owner,
        now,
        State.QUEUED,
        0,
        lease,
        Optional.of(question),
        Optional.empty());
  }

  /** Returns whether a text could be a job's id. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Returns the name of a job's document: its caller's part keeps it from all others. */
  static String name(String owner, String id) {
    return ownerPart(owner) + "-" + id;
  }

  /** Returns what the names of a caller's jobs begin with. */
  static String ownerPart(String owner) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(owner.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  String name() {
    return name(owner, id);
  }

  /** Returns whether there is an end. */
  public boolean ended() {
    return end.isPresent();
  }

  Job leased(Instant until) {
    return new Job(id, owner, created, state, starts, until, question, end);
  }

  Job started() {
    return new Job(id, owner, created, State.RUNNING, starts + 1, lease, question, end);
  }

  /** Returns it as one whose start does not count: the service went, and did not fail. */
  Job givenBack(Instant now) {
    int counted = state == State.RUNNING ? starts - 1 : starts;
    return new Job(id, owner, created, State.QUEUED, counted, now, question, end);
  }

  /** Returns it at its end, without the question. */
  Job ended(End how) {
    State last =
        switch (how) {
          case End.Answer _ -> State.DONE;
          case End.Failure _ -> State.FAILED;
        };
    return new Job(id, owner, created, last, starts, lease, Optional.empty(), Optional.of(how));
  }

  byte[] json() {
    ObjectNode node =
        JSON.createObjectNode()
            .put("id", id)
            .put("owner", owner)
            .put("created", created.toString())
            .put("state", state.name())
            .put("starts", starts)
            .put("lease", lease.toString());
    question.ifPresent(
        asked -> {
          ObjectNode to = node.putObject("question").put("query", asked.query());
          asked.k().ifPresent(k -> to.put("k", k));
          asked.filter().forEach(to.putObject("filter")::put);
          asked.tenant().ifPresent(tenant -> to.put("tenant", tenant));
          to.put("request_id", asked.requestId());
          asked.parent().ifPresent(parent -> to.put("parent", parent.header()));
        });
    end.ifPresent(
        how -> {
          switch (how) {
            case End.Answer answer -> node.put("answer", answer.json());
            case End.Failure failure ->
                node.putObject("error")
                    .put("status", failure.status())
                    .put("code", failure.code())
                    .put("message", failure.message());
          }
        });
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a job as {@link #json} writes it; absent if it is none. */
  static Optional<Job> read(byte[] json) {
    try {
      JsonNode node = JSON.readTree(json);
      return Optional.of(
          new Job(
              node.path("id").asText(),
              node.path("owner").asText(),
              Instant.parse(node.path("created").asText()),
              State.valueOf(node.path("state").asText()),
              node.path("starts").asInt(),
              Instant.parse(node.path("lease").asText()),
              Optional.of(node.path("question")).filter(JsonNode::isObject).map(Job::asked),
              end(node)));
    } catch (IOException | DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Asked asked(JsonNode node) {
    Map<String, String> filter = new LinkedHashMap<>();
    node.path("filter")
        .properties()
        .forEach(each -> filter.put(each.getKey(), each.getValue().asText()));
    return new Asked(
        node.path("query").asText(),
        node.has("k") ? OptionalInt.of(node.path("k").asInt()) : OptionalInt.empty(),
        filter,
        text(node.path("tenant")),
        node.path("request_id").asText(),
        TraceParent.of(text(node.path("parent"))));
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
  }

  private static Optional<End> end(JsonNode node) {
    if (node.path("answer").isTextual()) {
      return Optional.of(new End.Answer(node.path("answer").asText()));
    }
    JsonNode error = node.path("error");
    return error.isObject()
        ? Optional.of(
            new End.Failure(
                error.path("status").asInt(),
                error.path("code").asText(),
                error.path("message").asText()))
        : Optional.empty();
  }
}
