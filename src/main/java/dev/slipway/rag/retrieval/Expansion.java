package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.endpoint.ChatModel.Sampling;
import dev.slipway.endpoint.Deadline;
import dev.slipway.rag.Steps;
import dev.slipway.rag.retrieval.SideBySide.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Has the model put one question in more words, so that more is found. Thread-safe. */
final class Expansion {
  static final String STEP = "expand";

  private static final int TOKENS_PER_QUESTION = 64;
  private static final int LONGEST = 300; // characters: a longer one is an answer or a digression

  private static final Pattern LIST_ITEM = Pattern.compile("^(?:[-*•]|\\(?\\d{1,2}[.):])\\s+");
  private static final Pattern QUOTED = Pattern.compile("^[\"'“](.*)[\"'”]$");
  private static final Pattern SAME = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern MARKUP = Pattern.compile("[{}<>|`]");

  private final int wanted;
  private final Duration budget;
  private final Optional<ChatModel> model;

  Expansion(int wanted, Duration budget, Optional<ChatModel> model) {
    this.wanted = wanted;
    this.budget = budget;
    this.model = model;
  }

  /** Returns more questions that a passage which answers this one may answer; may be empty. */
  List<String> questions(String question, Deadline answer, Steps steps) {
    return wanted == 0 ? List.of() : steps.timed(STEP, () -> asked(question, answer, steps));
  }

  private List<String> asked(String question, Deadline answer, Steps steps) {
    if (model.isEmpty()) {
      steps.note(STEP, "passed_over", "the model is too small to be asked");
      return List.of();
    }
    Deadline until = Budget.of(budget, answer);
    ChatModel.Request request =
        new ChatModel.Request(
            List.of(new Message(Role.SYSTEM, rules()), new Message(Role.USER, question)),
            Sampling.defaults().greedy(wanted * TOKENS_PER_QUESTION),
            until);
    return switch (SideBySide.run(() -> model.get().chat(request).text(), until.remaining())) {
      case Outcome.Done<String>(String text) -> {
        List<String> questions = parse(text, question, wanted);
        steps.note(STEP, "queries", String.join("\n", questions));
        yield questions;
      }
      case Outcome<String> none -> {
        steps.note(STEP, "passed_over", none.why());
        yield List.of();
      }
    };
  }

  private String rules() {
    return "You help to search documents. Write "
        + wanted
        + (wanted == 1 ? " other question" : " other questions")
        + " that ask for the same in different words, so that more documents are found. Put each on"
        + " a line of its own, without numbers and without anything before or after. Do not answer.";
  }

  /** Reads one question a line; what can't be one, or is there already, is dropped. */
  static List<String> parse(String text, String question, int most) {
    Set<String> known = new HashSet<>(Set.of(key(question)));
    List<String> questions = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String item = LIST_ITEM.matcher(line.strip()).replaceFirst("");
      String plain = QUOTED.matcher(item).replaceFirst("$1").strip();
      if (questions.size() < most
          && plain.length() <= LONGEST
          && !plain.endsWith(":")
          && !MARKUP.matcher(plain).find()
          && !key(plain).isBlank()
          && known.add(key(plain))) {
        questions.add(plain);
      }
    }
    return List.copyOf(questions);
  }

  private static String key(String question) {
    return SAME.matcher(question.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
  }
}
