package dev.slipway.local.container;

import java.util.List;
import java.util.Map;

/**
 * Writes {@code generated_text} as LMI does: a document, or one JSON line a token. The log
 * probability of a token is null: llama.cpp's binding doesn't give it.
 */
final class GeneratedTextShape implements AnswerShape {
  private final Invocation.Inputs request;
  private final Json json;
  private final TokenId tokenId;

  /** Finds the id of the token that a piece of text ends with. */
  interface TokenId {
    /** Returns the id. */
    int of(String text);
  }

  GeneratedTextShape(Invocation.Inputs request, Json json, TokenId tokenId) {
    this.request = request;
    this.json = json;
    this.tokenId = tokenId;
  }

  @Override
  public Object whole(List<Answer> answers) {
    List<Object> documents = answers.stream().map(this::document).toList();
    return request.list() ? documents : documents.getFirst();
  }

  private Object document(Answer answer) {
    Map<String, Object> document = Json.map("generated_text", text(answer));
    if (request.details()) {
      document.put("details", details(answer));
    }
    return document;
  }

  private String text(Answer answer) {
    return (request.fullText() ? answer.prompt() : "") + answer.text();
  }

  @Override
  public String streamType() {
    return "application/jsonlines";
  }

  @Override
  public String opening() {
    return "";
  }

  @Override
  public String piece(String text) {
    return json.line(Json.map("token", token(tokenId.of(text), text))) + "\n";
  }

  @Override
  public String closing(Answer answer) {
    return json.line(
            Json.map(
                "token", token(-1, ""),
                "generated_text", text(answer),
                "details", details(answer)))
        + "\n";
  }

  @Override
  public String broken(RequestProblem problem) {
    return json.line(
            Json.map(
                "token", token(-1, ""),
                "error", problem.text(),
                "code", problem.status(),
                "details", Json.map("finish_reason", "error")))
        + "\n";
  }

  private static Object token(int id, String text) {
    return Json.map("id", id, "text", text, "log_prob", null);
  }

  private static Object details(Answer answer) {
    return Json.map(
        "finish_reason", reason(answer.ending()),
        "generated_tokens", answer.completionTokens(),
        "prompt_tokens", answer.promptTokens());
  }

  private static String reason(Generation.Ending ending) {
    return switch (ending) {
      case END_OF_TEXT -> "eos_token";
      case STOP_TEXT -> "stop_sequence";
      case LENGTH -> "length";
    };
  }
}
