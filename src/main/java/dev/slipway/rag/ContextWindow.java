package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.model.ModelFacts;
import dev.slipway.rag.PassageSearch.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * Cuts a prompt to a model's window by the model's own token counts.
 *
 * <p>The question always goes in; then as many passages as fit, best first, the last one perhaps
 * shortened at the end of a sentence; then the caller's own rules and the latest earlier turns, as
 * far as there is room. Immutable; thread-safe as long as its counter is.
 *
 * @param counter counts as the model does
 * @param tokens that fit into the window, prompt and answer together
 * @param passageTokens what all passages together may take, if there is more than one
 */
public record ContextWindow(TokenCounter counter, int tokens, int passageTokens) {

  /**
   * What is assumed of a model whose configuration doesn't say: the window of the first Llama, the
   * smallest among the models that are widely fine-tuned.
   */
  public static final int DEFAULT_TOKENS = 2_048;

  /**
   * What a chat template adds to each message: role, begin and end. ChatML, Llama 3 and Gemma add
   * five, Phi-3 four.
   */
  private static final int TOKENS_PER_MESSAGE = 6;

  /** What a chat template adds once: begin of text, and the begin of the answer. */
  private static final int TOKENS_PER_PROMPT = 6;

  /** A question that asks for more than this part of the window gets what is left instead. */
  private static final int MOST_FOR_ANSWER_DIVISOR = 2;

  /**
   * Models with a smaller window are small in all, and passages that don't answer the question
   * confuse them more than they help.
   */
  private static final int SMALL_WINDOW = 2_048;

  /** The part of a small window that passages may take if there is more than one. */
  private static final int SMALL_SHARE_DIVISOR = 8;

  /** Makes a window that passages may fill. */
  ContextWindow(TokenCounter counter, int tokens) {
    this(counter, tokens, tokens);
  }

  /** Makes the window of a model; in a small one, passages may take an eighth. */
  public static ContextWindow fitting(TokenCounter counter, int tokens) {
    return tokens < SMALL_WINDOW
        ? new ContextWindow(counter, tokens, tokens / SMALL_SHARE_DIVISOR)
        : new ContextWindow(counter, tokens);
  }

  /** Makes the window that a model's configuration says. */
  public static ContextWindow of(ModelFacts facts, TokenCounter counter) {
    return fitting(counter, facts.contextLength().orElse(DEFAULT_TOKENS));
  }

  /**
   * A prompt that fits.
   *
   * @param messages for the model
   * @param hits the passages that they hold, as they hold them
   * @param answerTokens what the answer may take
   */
  record Fitted(List<Message> messages, List<Hit> hits, int answerTokens) {
    /** Copies the lists. */
    Fitted {
      messages = List.copyOf(messages);
      hits = List.copyOf(hits);
    }
  }

  /**
   * Fills the template with what fits.
   *
   * @param hits best first
   * @param answerTokens wanted for the answer; at most half of the window is kept free for it
   * @throws EndpointFailure if not even the question fits
   */
  Fitted fit(PromptTemplate template, Conversation conversation, List<Hit> hits, int answerTokens) {
    int room = tokens - Math.min(answerTokens, tokens / MOST_FOR_ANSWER_DIVISOR);
    String question = conversation.question();
    if (count(template.messages(question, List.of())) > room) {
      throw tooLong(room);
    }
    int wanted = wanted(hits);
    int whole = largest(wanted, n -> count(template.messages(question, texts(hits, n))) <= room);
    List<Hit> chosen = new ArrayList<>(hits.subList(0, whole));
    if (whole < wanted) {
      addShortened(template, question, chosen, hits.get(whole), room);
    }
    List<Message> messages = template.messages(question, texts(chosen, chosen.size()));
    List<Message> all = withEarlier(messages, conversation, room);
    return new Fitted(all, chosen, Math.min(answerTokens, tokens - count(all)));
  }

  /** Returns how many of the hits the model should read if they all fit. */
  private int wanted(List<Hit> hits) {
    IntPredicate within =
        n ->
            n == 1
                || hits.subList(0, n).stream()
                        .mapToLong(hit -> counter.count(hit.passage().text()))
                        .sum()
                    <= passageTokens;
    return largest(hits.size(), within);
  }

  /** Adds as many whole sentences of the next passage as fit, if any does. */
  private void addShortened(
      PromptTemplate template, String question, List<Hit> chosen, Hit next, int room) {
    List<String> beginnings = Sentences.beginnings(next.passage().text());
    IntPredicate fits =
        n -> {
          List<Hit> tried = new ArrayList<>(chosen);
          tried.add(shortened(next, beginnings.get(n - 1)));
          return count(template.messages(question, texts(tried, tried.size()))) <= room;
        };
    int most = largest(beginnings.size(), fits);
    if (most > 0) {
      chosen.add(shortened(next, beginnings.get(most - 1)));
    }
  }

  private List<Message> withEarlier(List<Message> prompt, Conversation conversation, int room) {
    List<Message> best = prompt;
    List<Message> ruled = withRules(prompt, conversation.rules());
    if (count(ruled) <= room) {
      best = ruled;
    }
    int before = best.getFirst().role() == Role.SYSTEM ? 1 : 0;
    for (List<Message> turn : conversation.turns().reversed()) {
      List<Message> longer = new ArrayList<>(best);
      longer.addAll(before, turn);
      if (count(longer) > room) {
        break;
      }
      best = longer;
    }
    return best;
  }

  /** Puts the caller's rules behind the template's: many chat templates take one system message. */
  private static List<Message> withRules(List<Message> prompt, List<Message> rules) {
    if (rules.isEmpty()) {
      return prompt;
    }
    List<Message> result = new ArrayList<>(prompt);
    StringBuilder text = new StringBuilder();
    if (result.getFirst().role() == Role.SYSTEM) {
      text.append(result.removeFirst().content());
    }
    for (Message rule : rules) {
      text.append(text.isEmpty() ? "" : "\n\n").append(rule.content().strip());
    }
    result.addFirst(new Message(Role.SYSTEM, text.toString()));
    return result;
  }

  /** Returns what the model's chat template makes of these messages, in tokens. */
  private int count(List<Message> messages) {
    long sum = TOKENS_PER_PROMPT;
    for (Message message : messages) {
      sum += TOKENS_PER_MESSAGE + (long) counter.count(message.content());
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  /** Returns the largest number up to {@code most} that fits, 0 if none does. */
  private static int largest(int most, IntPredicate fits) {
    int low = 0;
    int high = most;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (fits.test(middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static List<Passage> texts(List<Hit> hits, int n) {
    return hits.subList(0, n).stream().map(Hit::passage).toList();
  }

  private static Hit shortened(Hit hit, String text) {
    Passage p = hit.passage();
    return new Hit(
        new Passage(
            p.id(), p.collection(), p.source(), p.title(), p.position(), text, p.metadata()),
        hit.score());
  }

  private EndpointFailure tooLong(int room) {
    return new EndpointFailure(
        Kind.INVALID_REQUEST,
        OptionalInt.empty(),
        "The question is too long",
        "with its prompt it takes more than the "
            + room
            + " tokens that the model's window of "
            + tokens
            + " leaves for it.",
        "Ask a shorter question, or ask for fewer tokens (max_tokens).",
        null);
  }
}
