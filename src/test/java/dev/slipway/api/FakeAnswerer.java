package dev.slipway.api;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.rag.Answerer;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Answers what it is told to, piece by piece if asked so, and remembers the questions. */
final class FakeAnswerer implements Answerer {
  static final String TRACE_ID = "0123456789abcdef0123456789abcdef";

  /** Answers instead. */
  interface Script {
    Answer answer(Question question, Progress progress) throws Exception;
  }

  final Queue<Question> questions = new ConcurrentLinkedQueue<>();
  volatile Script script = FakeAnswerer::echo;

  @Override
  public Answer answer(Question question, Progress progress) {
    questions.add(question);
    try {
      return script.answer(question, progress);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the question that came last. */
  Question last() {
    return questions.stream().reduce((a, b) -> b).orElseThrow();
  }

  /** Says the last message back, word by word. */
  static Answer echo(Question question, Progress progress) {
    List<Hit> sources = question.grounded() ? hits() : List.of();
    if (question.grounded()) {
      progress.sources(sources);
    }
    String text = "You said: " + question.messages().getLast().content();
    if (question.stream()) {
      for (String piece : text.split("(?<= )", -1)) {
        progress.token(piece);
      }
    }
    return answer(text, sources);
  }

  static List<Hit> hits() {
    return List.of(
        new Hit(
            new Passage(
                "p-1", "posts", "docs/roll\"back.md", "Rollback ü", 0, "Roll\nit back.", Map.of()),
            0.75),
        new Hit(new Passage("p-2", "posts", "docs/b.md", "B", 3, "More.", Map.of()), Double.NaN));
  }

  static Answer answer(String text, List<Hit> sources) {
    Map<String, Duration> timings = new LinkedHashMap<>();
    timings.put("retrieve", Duration.ofMillis(12));
    timings.put("generate", Duration.ofNanos(1_234_567));
    return new Answer(
        text,
        sources,
        Optional.of(ChatModel.FinishReason.LENGTH),
        Optional.of(new ChatModel.Usage(7, 5)),
        timings,
        TRACE_ID);
  }
}
