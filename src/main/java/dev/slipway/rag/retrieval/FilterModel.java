package dev.slipway.rag.retrieval;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.endpoint.ChatModel.Sampling;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.rag.ControlTokens;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has a model pick a filter for a question. What it picks counts only if it is a value that the
 * store has of a field that was offered; anything else it says is dropped. Thread-safe.
 */
final class FilterModel {
  private static final int ANSWER_TOKENS = 256;

  /** More would crowd the model's window; of the others it may pick too, unseen. */
  private static final int OFFERED = 50;

  private static final int LONGEST_OFFERED = 100;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final Pattern FENCED =
      Pattern.compile("```(?:json)?\\s*(.*?)\\s*```", Pattern.DOTALL);

  private static final String RULES =
      """
      You choose search filters for questions. Below, each field has the values that documents have.
      Answer with one JSON object and nothing else. For each field give one of its values, copied \
      exactly, if the question itself asks for documents with that value; else null. Do not answer \
      the question.

      """;

  private final ChatModel model;
  private final ControlTokens controlTokens;
  // Containers that can't hold their model to a schema are asked without one after the first try.
  private volatile boolean takesSchemas = true;

  FilterModel(ChatModel model, ControlTokens controlTokens) {
    this.model = model;
    this.controlTokens = controlTokens;
  }

  /**
   * Returns the values that the model picks, by field.
   *
   * @param known the values that the store has, by field
   * @throws dev.slipway.failure.EndpointFailure if there is no answer
   * @throws NotAFilter if the answer is no JSON object
   */
  Map<String, Set<String>> filter(
      String question, Map<String, List<String>> known, Deadline deadline) {
    Map<String, List<String>> offered = new TreeMap<>();
    known.forEach((field, values) -> offered.put(field, offered(values)));
    List<Message> messages =
        List.of(
            new Message(Role.SYSTEM, RULES + listing(offered)), new Message(Role.USER, question));
    return parse(ask(messages, schema(offered, known), deadline), known);
  }

  /** Values are other people's text: none that could take control goes into a prompt. */
  private List<String> offered(List<String> values) {
    return values.stream()
        .filter(value -> value.length() <= LONGEST_OFFERED && !controlTokens.in(value))
        .limit(OFFERED)
        .toList();
  }

  private static String listing(Map<String, List<String>> offered) {
    StringBuilder listing = new StringBuilder();
    offered.forEach(
        (field, values) -> {
          ArrayNode list = JSON.createArrayNode();
          values.forEach(list::add);
          listing.append(field).append(": ").append(list).append('\n');
        });
    return listing.toString();
  }

  private static String schema(Map<String, List<String>> offered, Map<String, List<String>> known) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    schema.put("additionalProperties", false);
    offered.forEach(
        (field, values) -> {
          required.add(field);
          ArrayNode either = properties.putObject(field).putArray("anyOf");
          ObjectNode value = either.addObject().put("type", "string");
          if (values.equals(known.get(field)) && !values.isEmpty()) {
            values.forEach(value.putArray("enum")::add);
          }
          either.addObject().put("type", "null");
        });
    return schema.toString();
  }

  private String ask(List<Message> messages, String schema, Deadline deadline) {
    Sampling sampling = Sampling.defaults().greedy(ANSWER_TOKENS);
    if (takesSchemas) {
      try {
        return model
            .chat(new ChatModel.Request(messages, sampling, Optional.of(schema), deadline))
            .text();
      } catch (EndpointFailure failure) {
        if (!refused(failure)) {
          throw failure;
        }
        takesSchemas = false;
      }
    }
    return model.chat(new ChatModel.Request(messages, sampling, deadline)).text();
  }

  private static boolean refused(EndpointFailure failure) {
    return switch (failure.kind()) {
      case INVALID_REQUEST -> true;
      case MODEL_ERROR -> {
        int status = failure.originalStatus().orElse(500);
        yield status == 400 || status == 422;
      }
      case NOT_FOUND, NOT_READY, UNAVAILABLE, TIMEOUT, DENIED, MALFORMED -> false;
    };
  }

  /** Says that a model's answer is no filter. */
  static final class NotAFilter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAFilter() {
      super("not one JSON object");
    }
  }

  /** Reads an answer strictly: one JSON object, known fields, values that the store has. */
  static Map<String, Set<String>> parse(String answer, Map<String, List<String>> known) {
    Matcher fenced = FENCED.matcher(answer.strip());
    JsonNode object;
    try {
      object = JSON.readTree(fenced.matches() ? fenced.group(1) : answer);
    } catch (JsonProcessingException e) {
      throw new NotAFilter();
    }
    if (!object.isObject()) {
      throw new NotAFilter();
    }
    Map<String, Set<String>> filter = new TreeMap<>();
    known.forEach(
        (field, values) -> {
          Set<String> picked = new TreeSet<>();
          JsonNode said = object.path(field);
          for (JsonNode each : said.isArray() ? said : List.of(said)) {
            if (each.isTextual()) {
              values.stream()
                  .filter(value -> value.equalsIgnoreCase(each.textValue().strip()))
                  .forEach(picked::add);
            }
          }
          if (!picked.isEmpty()) {
            filter.put(field, picked);
          }
        });
    return filter;
  }
}
