package dev.slipway.local.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads bodies of {@code /invocations} as vLLM ({@code messages}, {@code prompt}) and LMI ({@code
 * inputs}, {@code parameters}) take them. What this engine can't do is refused, not ignored.
 * Thread-safe.
 */
final class BodyReader {
  private static final int MAX_BATCH = 64;
  private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");
  // Asked for with these, an answer without would be a wrong one.
  private static final List<String> NOT_HERE =
      List.of("tools", "functions", "logprobs", "prompt_logprobs", "guided_json", "logit_bias");

  private final JsonMapper json =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * Reads a body.
   *
   * @throws RequestProblem if it is none that can be answered
   */
  Invocation read(byte[] body) {
    Fields fields = object(body);
    if (fields.has("messages")) {
      return chat(fields);
    }
    if (fields.has("prompt")) {
      return completion(fields);
    }
    if (fields.has("inputs")) {
      return inputs(fields);
    }
    throw RequestProblem.bad(
        "The body has none of \"messages\", \"prompt\" and \"inputs\". Give one of them.");
  }

  /**
   * Reads what to count the tokens of: {@code messages}, or {@code prompt}.
   *
   * @throws RequestProblem if it is neither
   */
  Invocation readCountable(byte[] body) {
    Fields fields = object(body);
    if (fields.has("messages")) {
      return chat(fields);
    }
    if (fields.has("prompt")) {
      return completion(fields);
    }
    throw RequestProblem.bad("The body has neither \"messages\" nor \"prompt\". Give one of them.");
  }

  private Fields object(byte[] body) {
    JsonNode node;
    try {
      node = json.readTree(body);
    } catch (JsonProcessingException e) {
      throw RequestProblem.bad(
          "The body is not JSON (line "
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + ", column "
              + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr())
              + ").");
    } catch (IOException e) {
      throw RequestProblem.bad("The body is not JSON.");
    }
    if (node == null || !node.isObject()) {
      throw RequestProblem.bad("The body is not a JSON object.");
    }
    return new Fields(node, "");
  }

  private static Invocation chat(Fields fields) {
    List<Invocation.Message> messages = messages(fields);
    refuseWhatIsNotHere(fields);
    OptionalInt most = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    if (most.isEmpty()) {
      most = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    }
    return new Invocation.Chat(
        messages,
        fields.text("model").orElse("model"),
        sampling(fields, most),
        fields.flag("stream", false),
        fields.inner("stream_options").flag("include_usage", false));
  }

  private static Invocation completion(Fields fields) {
    List<String> prompts = fields.texts("prompt");
    refuseWhatIsNotHere(fields);
    boolean stream = fields.flag("stream", false);
    boundBatch("prompt", prompts, stream);
    OptionalInt most = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    return new Invocation.Completion(
        prompts,
        fields.text("model").orElse("model"),
        sampling(fields, most.isPresent() ? most : OptionalInt.of(16)), // OpenAI's default
        stream,
        fields.inner("stream_options").flag("include_usage", false),
        fields.flag("echo", false));
  }

  private static Invocation inputs(Fields fields) {
    List<String> texts = fields.texts("inputs");
    boolean stream = fields.flag("stream", false);
    boundBatch("inputs", texts, stream);
    Fields parameters = fields.inner("parameters");
    refuseWhatIsNotHere(parameters);
    OptionalInt most = parameters.integer("max_new_tokens", 1, Integer.MAX_VALUE);
    Sampling asked =
        sampling(parameters, most.isPresent() ? most : OptionalInt.of(30)); // LMI's default
    // LMI samples only where it is asked to; a temperature alone is taken as asking.
    boolean sample =
        parameters.flag("do_sample", parameters.has("temperature") || parameters.has("top_p"));
    return new Invocation.Inputs(
        texts,
        fields.object().get("inputs").isArray(),
        sample ? asked : greedy(asked),
        stream,
        parameters.flag("details", false),
        parameters.flag("return_full_text", false));
  }

  private static void boundBatch(String name, List<String> texts, boolean stream) {
    if (texts.size() > MAX_BATCH) {
      throw RequestProblem.bad(
          name, name + ": must have at most " + MAX_BATCH + " texts, has " + texts.size() + ".");
    }
    if (stream && texts.size() > 1) {
      throw RequestProblem.bad(name, name + ": must be one text where \"stream\" is true.");
    }
  }

  private static List<Invocation.Message> messages(Fields fields) {
    JsonNode list = fields.object().get("messages");
    if (!list.isArray() || list.isEmpty()) {
      throw fields.wrong("messages", "a list of at least one message");
    }
    List<Invocation.Message> messages = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Fields message = new Fields(list.get(i), "messages[" + i + "].");
      if (!list.get(i).isObject()) {
        throw RequestProblem.bad("messages", "messages[" + i + "]: must be an object.");
      }
      String role = message.text("role").orElse("");
      if (!ROLES.contains(role)) {
        throw message.wrong("role", "\"system\", \"developer\", \"user\" or \"assistant\"");
      }
      messages.add(
          new Invocation.Message(role.equals("developer") ? "system" : role, content(message)));
    }
    return messages;
  }

  private static String content(Fields message) {
    JsonNode content = message.object().path("content");
    if (content.isTextual()) {
      return Fields.wellFormed(content.textValue());
    }
    if (!content.isArray() || content.isEmpty()) {
      throw message.wrong("content", "a text, or a list of parts of the type \"text\"");
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : content) {
      if (!"text".equals(part.path("type").textValue()) || !part.path("text").isTextual()) {
        throw message.wrong("content", "a text, or a list of parts of the type \"text\"");
      }
      parts.add(Fields.wellFormed(part.get("text").textValue()));
    }
    return String.join("\n", parts);
  }

  private static void refuseWhatIsNotHere(Fields fields) {
    for (String name : NOT_HERE) {
      JsonNode value = fields.object().path(name);
      boolean asked =
          fields.has(name) && !(value.isBoolean() && !value.booleanValue()) && !emptied(value);
      if (asked) {
        throw RequestProblem.bad(
            fields.prefix() + name,
            fields.prefix() + name + ": the embedded engine can't do this. Leave it out.");
      }
    }
    for (String name : List.of("n", "best_of")) {
      if (fields.integer(name, 1, Integer.MAX_VALUE).orElse(1) != 1) {
        throw fields.wrong(name, "1 for the embedded engine");
      }
    }
    Fields format = fields.inner("response_format");
    if (!format.text("type").orElse("text").equals("text")) {
      throw RequestProblem.bad(
          "response_format",
          "response_format: must be {\"type\":\"text\"} for the embedded engine.");
    }
  }

  private static boolean emptied(JsonNode value) {
    return value.isContainerNode() && value.isEmpty();
  }

  private static Sampling sampling(Fields fields, OptionalInt maxTokens) {
    int topK = fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0);
    double topP = fields.number("top_p", 0, 1).orElse(1);
    if (topP == 0) {
      throw fields.wrong("top_p", "a number above 0, at most 1");
    }
    return new Sampling(
        (float) fields.number("temperature", 0, 100).orElse(1), // vLLM's defaults, here and below
        (float) topP,
        Math.max(0, topK),
        (float) fields.number("min_p", 0, 1).orElse(0),
        (float) fields.number("presence_penalty", -2, 2).orElse(0),
        (float) fields.number("frequency_penalty", -2, 2).orElse(0),
        (float) fields.number("repetition_penalty", 0.01, 100).orElse(1),
        maxTokens,
        fields.has("stop_sequences") && !fields.has("stop")
            ? fields.stops("stop_sequences")
            : fields.stops("stop"),
        fields.whole("seed"),
        fields.flag("ignore_eos", false));
  }

  private static Sampling greedy(Sampling asked) {
    return new Sampling(
        0,
        1,
        0,
        0,
        asked.presencePenalty(),
        asked.frequencyPenalty(),
        asked.repetitionPenalty(),
        asked.maxTokens(),
        asked.stop(),
        asked.seed(),
        asked.ignoreEnd());
  }
}
