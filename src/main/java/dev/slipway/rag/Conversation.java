package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Splits a conversation into what is asked now and what was said before.
 *
 * @param question the last user message
 * @param rules the caller's own system messages
 * @param turns earlier questions with their answers, oldest first; each is a user message and the
 *     answer that followed, because chat templates want the two in turn
 */
record Conversation(String question, List<Message> rules, List<List<Message>> turns) {

  /** Copies the lists. */
  Conversation {
    rules = List.copyOf(rules);
    turns = List.copyOf(turns);
  }

  /**
   * Reads a conversation.
   *
   * @throws EndpointFailure if nobody asks anything in it
   */
  static Conversation of(List<Message> messages) {
    int last = messages.size() - 1;
    while (last >= 0 && messages.get(last).role() != Role.USER) {
      last--;
    }
    if (last < 0 || messages.get(last).content().isBlank()) {
      throw new EndpointFailure(
          Kind.INVALID_REQUEST,
          OptionalInt.empty(),
          "There is no question to answer",
          "no message with the role \"user\" says anything.",
          "Send a question.",
          null);
    }
    List<Message> rules = new ArrayList<>();
    List<List<Message>> turns = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      Message message = messages.get(i);
      if (message.role() == Role.SYSTEM) {
        rules.add(message);
      } else if (message.role() == Role.USER && messages.get(i + 1).role() == Role.ASSISTANT) {
        turns.add(List.of(message, messages.get(i + 1)));
      }
    }
    return new Conversation(messages.get(last).content(), rules, turns);
  }

  /** Returns the same conversation with every text changed so. */
  Conversation map(UnaryOperator<String> change) {
    UnaryOperator<Message> each =
        message -> new Message(message.role(), change.apply(message.content()));
    return new Conversation(
        change.apply(question),
        rules.stream().map(each).toList(),
        turns.stream().map(turn -> turn.stream().map(each).toList()).toList());
  }
}
