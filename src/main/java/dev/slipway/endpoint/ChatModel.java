package dev.slipway.endpoint;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Continues a conversation. Thread-safe; calls block. */
public interface ChatModel {

  /**
   * Answers whole.
   *
   * @throws dev.slipway.failure.EndpointFailure if it can't
   */
  Reply chat(Request request);

  /**
   * Answers token by token, and returns the whole when it has ended.
   *
   * @param sink takes each piece of text on the caller's thread; what it throws stops the
   *     generation and reaches the caller unchanged
   * @throws dev.slipway.failure.EndpointFailure if the answer fails, before or after its first
   *     piece
   */
  Reply stream(Request request, TokenSink sink);

  /** Who says a message. */
  enum Role {
    /** Sets the rules. */
    SYSTEM,
    /** Asks. */
    USER,
    /** Answers. */
    ASSISTANT
  }

  /**
   * One message.
   *
   * @param role who says it
   * @param content its text
   */
  record Message(Role role, String content) {}

  /**
   * How the next token is chosen; what is absent is the model's own default.
   *
   * @param temperature 0 is greedy
   * @param maxTokens generated at most
   * @param stop texts that end the answer and aren't part of it
   * @param seed makes sampling repeatable
   */
  record Sampling(
      OptionalDouble temperature,
      OptionalDouble topP,
      OptionalInt topK,
      OptionalInt maxTokens,
      List<String> stop,
      OptionalLong seed,
      OptionalDouble presencePenalty,
      OptionalDouble frequencyPenalty) {

    /** Copies the stops. */
    public Sampling {
      stop = List.copyOf(stop);
    }

    /** Returns the model's own defaults. */
    public static Sampling defaults() {
      return new Sampling(
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          List.of(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty());
    }

    /** Returns this with greedy choice and a bound on the answer. */
    public Sampling greedy(int tokens) {
      return new Sampling(
          OptionalDouble.of(0),
          topP,
          topK,
          OptionalInt.of(tokens),
          stop,
          seed,
          presencePenalty,
          frequencyPenalty);
    }
  }

  /**
   * One request.
   *
   * @param messages the conversation so far, at least one
   * @param jsonSchema what the answer is to keep to, as a JSON Schema document; containers that
   *     can't hold their model to one refuse the request or answer freely
   * @param deadline until when the answer is of use
   */
  record Request(
      List<Message> messages, Sampling sampling, Optional<String> jsonSchema, Deadline deadline) {
    /** Copies the messages. */
    public Request {
      messages = List.copyOf(messages);
    }

    /** Asks for free text. */
    public Request(List<Message> messages, Sampling sampling, Deadline deadline) {
      this(messages, sampling, Optional.empty(), deadline);
    }
  }

  /** Why an answer ended. */
  enum FinishReason {
    /** The model was done, or said a stop text. */
    STOP,
    /** The bound on tokens, or the window, was reached. */
    LENGTH
  }

  /** How many tokens a request took, by the model's own count. */
  record Usage(int promptTokens, int completionTokens) {
    /** Returns both together. */
    public int totalTokens() {
      return promptTokens + completionTokens;
    }
  }

  /**
   * One answer.
   *
   * @param finishReason absent where the container doesn't say
   * @param usage absent where the container doesn't say
   * @param endpoint which endpoint answered; absent where none did
   */
  record Reply(
      String text,
      Optional<FinishReason> finishReason,
      Optional<Usage> usage,
      Optional<EndpointName> endpoint) {
    /** Makes an answer that no endpoint is named for. */
    public Reply(String text, Optional<FinishReason> finishReason, Optional<Usage> usage) {
      this(text, finishReason, usage, Optional.empty());
    }

    /** Returns the same answer in other words. */
    public Reply saying(String other) {
      return new Reply(other, finishReason, usage, endpoint);
    }

    /** Returns the same answer as that of an endpoint. */
    public Reply from(EndpointName answering) {
      return new Reply(text, finishReason, usage, Optional.of(answering));
    }
  }

  /** Takes pieces of an answer. */
  interface TokenSink {
    /** Takes the next piece of text; never half a character. */
    void token(String text);

    /** Hears, before the first piece, that the answer has to wait; by default it doesn't mind. */
    default void waiting(Waiting waiting) {}
  }
}
