package dev.slipway.local.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Writes {@code chat.completion} and {@code text_completion}, whole and as server-sent events. */
final class OpenAiShape implements AnswerShape {
  private final Json json;
  private final boolean chat;
  private final boolean echo;
  private final String model;
  private final boolean includeUsage;
  private final String firstPrompt;
  private final String id;
  private final long created;

  private OpenAiShape(
      Json json,
      boolean chat,
      boolean echo,
      String model,
      boolean includeUsage,
      String firstPrompt,
      long created) {
    this.json = json;
    this.chat = chat;
    this.echo = echo;
    this.model = model;
    this.includeUsage = includeUsage;
    this.firstPrompt = firstPrompt;
    this.id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID().toString().replace("-", "");
    this.created = created;
  }

  /**
   * Makes the shape of one chat.
   *
   * @param created seconds since 1970
   */
  static OpenAiShape of(Invocation.Chat chat, Json json, long created) {
    return new OpenAiShape(json, true, false, chat.model(), chat.includeUsage(), "", created);
  }

  /**
   * Makes the shape of one completion.
   *
   * @param created seconds since 1970
   */
  static OpenAiShape of(Invocation.Completion completion, Json json, long created) {
    return new OpenAiShape(
        json,
        false,
        completion.echo(),
        completion.model(),
        completion.includeUsage(),
        completion.prompts().getFirst(),
        created);
  }

  @Override
  public Object whole(List<Answer> answers) {
    List<Object> choices = new ArrayList<>();
    int prompt = 0;
    int completion = 0;
    for (Answer answer : answers) {
      choices.add(choice(choices.size(), answer));
      prompt += answer.promptTokens();
      completion += answer.completionTokens();
    }
    return Json.map(
        "id", id,
        "object", chat ? "chat.completion" : "text_completion",
        "created", created,
        "model", model,
        "choices", choices,
        "usage", usage(prompt, completion));
  }

  private Object choice(int index, Answer answer) {
    Object reason = reason(answer.ending());
    return chat
        ? Json.map(
            "index",
            index,
            "message",
            Json.map("role", "assistant", "content", answer.text()),
            "logprobs",
            null,
            "finish_reason",
            reason)
        : Json.map(
            "index",
            index,
            "text",
            (echo ? answer.prompt() : "") + answer.text(),
            "logprobs",
            null,
            "finish_reason",
            reason);
  }

  @Override
  public String streamType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public String opening() {
    if (chat) {
      return event(chunk(List.of(delta(Json.map("role", "assistant", "content", ""), null))));
    }
    return echo ? piece(firstPrompt) : "";
  }

  @Override
  public String piece(String text) {
    return event(
        chunk(List.of(chat ? delta(Map.of("content", text), null) : textChoice(text, null))));
  }

  @Override
  public String closing(Answer answer) {
    String reason = reason(answer.ending());
    StringBuilder end = new StringBuilder();
    end.append(event(chunk(List.of(chat ? delta(Map.of(), reason) : textChoice("", reason)))));
    if (includeUsage) {
      Map<String, Object> last = chunk(List.of());
      last.put("usage", usage(answer.promptTokens(), answer.completionTokens()));
      end.append(event(last));
    }
    return end.append("data: [DONE]\n\n").toString();
  }

  @Override
  public String broken(RequestProblem problem) {
    return event(AnswerShape.problem(problem)) + "data: [DONE]\n\n";
  }

  private Map<String, Object> chunk(List<Object> choices) {
    return Json.map(
        "id", id,
        "object", chat ? "chat.completion.chunk" : "text_completion",
        "created", created,
        "model", model,
        "choices", choices);
  }

  private static Object delta(
      Map<String, Object> delta, @org.jspecify.annotations.Nullable String reason) {
    return Json.map("index", 0, "delta", delta, "logprobs", null, "finish_reason", reason);
  }

  private static Object textChoice(String text, @org.jspecify.annotations.Nullable String reason) {
    return Json.map("index", 0, "text", text, "logprobs", null, "finish_reason", reason);
  }

  private static Object usage(int prompt, int completion) {
    return Json.map(
        "prompt_tokens", prompt,
        "total_tokens", prompt + completion,
        "completion_tokens", completion);
  }

  private static String reason(Generation.Ending ending) {
    return switch (ending) {
      case END_OF_TEXT, STOP_TEXT -> "stop";
      case LENGTH -> "length";
    };
  }

  private String event(Object document) {
    return "data: " + json.line(document) + "\n\n";
  }
}
