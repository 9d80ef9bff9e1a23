package dev.slipway.local.container;

import dev.slipway.endpoint.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One answer in the making: the engine's thread puts events in, one other thread takes them out.
 * The queue holds at most as many events as the context has tokens.
 */
final class Generation {
  private final String prompt;
  private final int promptTokens;
  private final int maxTokens;
  private final Sampling sampling;
  private final Deadline deadline;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile boolean cancelled;

  /**
   * Makes an answer to be.
   *
   * @param prompt as the model gets it, but for the begin token that the engine adds
   * @param promptTokens of the prompt, begin token included
   * @param maxTokens generated at most; prompt and answer together fit the context
   */
  Generation(String prompt, int promptTokens, int maxTokens, Sampling sampling, Deadline deadline) {
    this.prompt = prompt;
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
    this.sampling = sampling;
    this.deadline = deadline;
  }

  /** What happens to an answer. */
  sealed interface Event {
    /** More text; never half a character, never part of a stop text. */
    record Piece(String text) implements Event {}

    /**
     * The end.
     *
     * @param completionTokens generated, the end-of-text token and those of a stop text included
     */
    record Done(Ending ending, int completionTokens) implements Event {}

    /** The end, without an answer. */
    record Failed(RequestProblem problem) implements Event {}
  }

  /** Why an answer ended. */
  enum Ending {
    /** The model said its end-of-text token. */
    END_OF_TEXT,
    /** The model said a stop text. */
    STOP_TEXT,
    /** The bound on tokens, or the context, was reached. */
    LENGTH
  }

  String prompt() {
    return prompt;
  }

  int promptTokens() {
    return promptTokens;
  }

  int maxTokens() {
    return maxTokens;
  }

  Sampling sampling() {
    return sampling;
  }

  Deadline deadline() {
    return deadline;
  }

  /** Asks the engine to stop at its next token. Does no harm to an answer that has ended. */
  void cancel() {
    cancelled = true;
  }

  /** Returns whether nobody waits for this any more. */
  boolean cancelled() {
    return cancelled;
  }

  /** Puts an event in. */
  void put(Event event) {
    events.add(event);
  }

  /** Returns the next event, absent if there is none for so long. */
  Optional<Event> next(Duration wait) throws InterruptedException {
    return Optional.ofNullable(events.poll(wait.toNanos(), TimeUnit.NANOSECONDS));
  }
}
