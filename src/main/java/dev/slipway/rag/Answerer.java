package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.Waiting;
import dev.slipway.trace.TraceParent;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Answers questions, with or without retrieval, and leaves a trace of each. Thread-safe. */
public interface Answerer {

  /**
   * Answers one question.
   *
   * @param progress is told of the sources and of each piece of text as they come, on the caller's
   *     thread; what it throws stops the answer and reaches the caller unchanged
   * @throws dev.slipway.failure.Failure if there is no answer
   */
  Answer answer(Question question, Progress progress);

  /**
   * What is asked.
   *
   * @param messages the conversation; its last user message is the question
   * @param grounded whether passages are retrieved and the prompt template is used; otherwise the
   *     messages go to the endpoint as they are
   * @param k how many passages at most; absent means the manifest's
   * @param filter fields that must be equal; {@code collection} chooses one collection
   * @param tenant the caller's, whose passages alone may be seen; absent where callers have none
   * @param sampling how tokens are chosen; for a grounded question, absent values mean the
   *     manifest's way (greedy, 96 tokens)
   * @param stream whether the text is wanted piece by piece
   * @param deadline until when the answer is of use
   * @param requestId the {@code x-request-id}
   * @param route the HTTP route that took it, for the trace
   * @param parent the caller's span that it belongs to, for the trace
   */
  record Question(
      List<ChatModel.Message> messages,
      boolean grounded,
      OptionalInt k,
      Map<String, String> filter,
      Optional<String> tenant,
      ChatModel.Sampling sampling,
      boolean stream,
      Deadline deadline,
      String requestId,
      String route,
      Optional<TraceParent> parent) {
    /** Copies the collections. */
    public Question {
      messages = List.copyOf(messages);
      filter = Map.copyOf(filter);
    }

    /** Returns the same question in other words. */
    public Question saying(List<ChatModel.Message> others) {
      return new Question(
          others, grounded, k, filter, tenant, sampling, stream, deadline, requestId, route,
          parent);
    }

    /** Returns the same question with its tokens chosen in another way. */
    public Question sampled(ChatModel.Sampling other) {
      return new Question(
          messages, grounded, k, filter, tenant, other, stream, deadline, requestId, route, parent);
    }
  }

  /**
   * One answer.
   *
   * @param text what the model said, without surrounding white space
   * @param sources the passages that were found, best first; a small window holds fewer of them
   * @param usage by the model's own count, absent where the container doesn't say
   * @param timings each step's time, in the order of the steps
   * @param traceId under which prompt monitoring keeps it
   */
  record Answer(
      String text,
      List<PassageSearch.Hit> sources,
      Optional<ChatModel.FinishReason> finishReason,
      Optional<ChatModel.Usage> usage,
      Map<String, Duration> timings,
      String traceId) {
    /** Copies the collections, keeping the order of the timings. */
    public Answer {
      sources = List.copyOf(sources);
      timings = Collections.unmodifiableMap(new LinkedHashMap<>(timings));
    }
  }

  /** Hears how an answer comes along. */
  interface Progress {
    /** Hears of the passages that the prompt holds, once, before the first text. */
    void sources(List<PassageSearch.Hit> sources);

    /** Hears the next piece of text; never half a character. */
    void token(String text);

    /** Hears, before the first text, that the endpoint has to be waited for. */
    default void waiting(Waiting waiting) {}

    /** Returns a progress that nobody watches. */
    static Progress none() {
      return new Progress() {
        @Override
        public void sources(List<PassageSearch.Hit> sources) {}

        @Override
        public void token(String text) {}
      };
    }
  }
}
