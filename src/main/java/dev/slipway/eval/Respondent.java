package dev.slipway.eval;

import java.util.List;
import java.util.Map;

/** Answers questions as {@code POST /rag} does. Thread-safe. */
public interface Respondent {

  /**
   * Asks.
   *
   * @return the answer, or why this question has none
   * @throws dev.slipway.failure.Failure if no question can be answered, such as for want of a key
   */
  Response ask(EvalQuestion question);

  /** What came of a question. */
  sealed interface Response {}

  /**
   * An answer.
   *
   * @param text what the model said
   * @param sources what was retrieved, best first
   * @param timings milliseconds by step
   * @param traceId under which prompt monitoring keeps it
   */
  record Answered(String text, List<Found> sources, Map<String, Double> timings, String traceId)
      implements Response {
    /** Copies the sources. */
    public Answered {
      sources = List.copyOf(sources);
    }
  }

  /**
   * No answer.
   *
   * @param why as the service says
   */
  record Unanswered(String why) implements Response {}

  /**
   * A passage that was retrieved.
   *
   * @param id its stable name
   * @param source the document's path or address
   * @param title the document's, and the headings above the passage
   * @param text what the model read
   */
  record Found(String id, String source, String title, String text) {}
}
