package dev.slipway.local.container;

import java.util.List;

/** One body of {@code /invocations}, checked. */
sealed interface Invocation {

  /** Returns how tokens are chosen. */
  Sampling sampling();

  /** Returns whether the answer is wanted piece by piece. */
  boolean stream();

  /**
   * One message.
   *
   * @param role {@code system}, {@code user} or {@code assistant}
   */
  record Message(String role, String content) {}

  /**
   * A conversation, answered with {@code chat.completion}.
   *
   * @param model the name that the client gave, echoed
   * @param includeUsage whether a stream ends with the usage
   */
  record Chat(
      List<Message> messages, String model, Sampling sampling, boolean stream, boolean includeUsage)
      implements Invocation {
    /** Copies the messages. */
    public Chat {
      messages = List.copyOf(messages);
    }
  }

  /**
   * A text to go on with, answered with {@code text_completion}.
   *
   * @param prompts one choice each, in this order
   * @param echo whether the answer begins with the prompt
   */
  record Completion(
      List<String> prompts,
      String model,
      Sampling sampling,
      boolean stream,
      boolean includeUsage,
      boolean echo)
      implements Invocation {
    /** Copies the prompts. */
    public Completion {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * A text to go on with, answered with {@code generated_text} as LMI does.
   *
   * @param list whether the inputs came as a list: the answer is one too
   * @param details whether the answer says why it ended
   * @param fullText whether the answer begins with the input
   */
  record Inputs(
      List<String> texts,
      boolean list,
      Sampling sampling,
      boolean stream,
      boolean details,
      boolean fullText)
      implements Invocation {
    /** Copies the texts. */
    public Inputs {
      texts = List.copyOf(texts);
    }
  }
}
