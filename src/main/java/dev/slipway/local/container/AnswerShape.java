package dev.slipway.local.container;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes answers as the client of one kind of body reads them. For one request. */
interface AnswerShape {

  /** Returns the document of whole answers, one for each prompt. */
  Object whole(List<Answer> answers);

  /** Returns the media type of a stream. */
  String streamType();

  /** Returns what a stream begins with. */
  String opening();

  /** Returns one piece of a stream. */
  String piece(String text);

  /** Returns what a stream ends with. */
  String closing(Answer answer);

  /** Returns what a stream ends with when the answer fails after its first byte. */
  String broken(RequestProblem problem);

  /** Returns vLLM's document of a problem. */
  static Map<String, Object> problem(RequestProblem problem) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", problem.text());
    error.put("type", problem.type());
    error.put("param", problem.parameter().orElse(null));
    error.put("code", problem.status());
    return Map.of("error", error);
  }
}
