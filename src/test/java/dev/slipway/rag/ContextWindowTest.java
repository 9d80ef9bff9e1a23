package dev.slipway.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.model.ModelFacts;
import dev.slipway.rag.PassageSearch.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContextWindowTest {
  private static final WordCounter WORDS = new WordCounter();
  private static final PromptTemplate TEMPLATE =
      PromptTemplate.parse(
          "test",
          "Rules.\n---\n{{#passages}}[{{number}}] {{line}}\n{{/passages}}\nQ: {{question}}");

  private static Conversation asking(String question) {
    return Conversation.of(List.of(new Message(Role.USER, question)));
  }

  private static ContextWindow.Fitted fit(
      int window, Conversation conversation, List<Hit> hits, int answer) {
    return new ContextWindow(WORDS, window).fit(TEMPLATE, conversation, hits, answer);
  }

  private static int words(List<Message> messages) {
    return messages.stream().mapToInt(message -> WORDS.count(message.content())).sum();
  }

  @Test
  void takesAllPassagesWhereThereIsRoom() {
    List<Hit> hits = List.of(Passages.hit("a", 2, "One two."), Passages.hit("b", 1, "Three four."));

    ContextWindow.Fitted fitted = fit(512, asking("Why?"), hits, 96);

    assertThat(fitted.hits()).isEqualTo(hits);
    assertThat(fitted.answerTokens()).isEqualTo(96);
    assertThat(fitted.messages())
        .containsExactly(
            new Message(Role.SYSTEM, "Rules."),
            new Message(Role.USER, "[1] One two.\n[2] Three four.\nQ: Why?"));
  }

  @Test
  void smallModelReadsTheBestPassageAndMoreOnlyWhereTheyAreShort() {
    ContextWindow small = ContextWindow.fitting(WORDS, 512);
    Hit best = Passages.hit("a", 3, "word ".repeat(60) + "end.");
    Hit second = Passages.hit("b", 2, "Three four.");
    Hit third = Passages.hit("c", 1, "word ".repeat(60) + "end.");

    assertThat(small.fit(TEMPLATE, asking("Why?"), List.of(best, second), 96).hits())
        .as("61 and 2 words of 64")
        .containsExactly(best, second);
    assertThat(small.fit(TEMPLATE, asking("Why?"), List.of(best, third), 96).hits())
        .containsExactly(best);
    assertThat(
            ContextWindow.fitting(WORDS, 2_048)
                .fit(TEMPLATE, asking("Why?"), List.of(best, third), 96)
                .hits())
        .containsExactly(best, third);
  }

  @Test
  void shortensTheLastPassageAtTheEndOfASentence() {
    List<Hit> hits =
        List.of(
            Passages.hit("a", 2, "Short one."),
            Passages.hit("b", 1, "First of it. Second of it. Third of it. Fourth of it. Fifth."));

    ContextWindow.Fitted fitted = fit(46, asking("Why?"), hits, 10);

    assertThat(fitted.hits()).hasSize(2);
    String text = fitted.hits().get(1).passage().text();
    assertThat(text).startsWith("First of it.").endsWith("of it.").doesNotContain("Fifth");
    assertThat(fitted.messages().getLast().content()).contains(text);
    assertThat(fitted.hits().get(1).score()).isEqualTo(1);
  }

  @Test
  void goesOutWithoutContextWhereNoneFits() {
    ContextWindow.Fitted fitted =
        fit(40, asking("Why?"), List.of(Passages.hit("a", 1, "word ".repeat(100))), 10);

    assertThat(fitted.hits()).isEmpty();
    assertThat(fitted.messages().getLast().content()).isEqualTo("Q: Why?");
  }

  @Test
  void refusesAQuestionThatIsTooLongByItself() {
    EndpointFailure failure =
        catchThrowableOfType(
            EndpointFailure.class, () -> fit(512, asking("secret ".repeat(600)), List.of(), 96));

    assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(failure).hasMessageContaining("512").hasMessageNotContaining("secret");
  }

  @Test
  void anAnswerMayTakeWhatThePromptLeaves() {
    ContextWindow.Fitted fitted = fit(512, asking("Why?"), List.of(), 100_000);

    assertThat(fitted.answerTokens()).isBetween(480, 511);
  }

  @Test
  void earlierTurnsComeAlongNewestFirstWhereThereIsRoom() {
    Conversation conversation =
        Conversation.of(
            List.of(
                new Message(Role.SYSTEM, "Be kind."),
                new Message(Role.USER, "old " + "word ".repeat(60)),
                new Message(Role.ASSISTANT, "old answer"),
                new Message(Role.USER, "lost, because nobody answered"),
                new Message(Role.USER, "new"),
                new Message(Role.ASSISTANT, "new answer"),
                new Message(Role.USER, "Why?"),
                new Message(Role.ASSISTANT, "begun")));

    assertThat(fit(90, conversation, List.of(), 10).messages())
        .containsExactly(
            new Message(Role.SYSTEM, "Rules.\n\nBe kind."),
            new Message(Role.USER, "new"),
            new Message(Role.ASSISTANT, "new answer"),
            new Message(Role.USER, "Q: Why?"));
    assertThat(fit(500, conversation, List.of(), 10).messages()).hasSize(6);
  }

  @Test
  void aConversationWithoutAQuestionIsRefused() {
    for (List<Message> messages :
        List.of(
            List.<Message>of(),
            List.of(new Message(Role.ASSISTANT, "hello")),
            List.of(new Message(Role.USER, " \n")))) {
      EndpointFailure failure =
          catchThrowableOfType(EndpointFailure.class, () -> Conversation.of(messages));
      assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
    }
  }

  @Test
  void theWindowIsTheModelsOwnOrASmallOne() {
    assertThat(ContextWindow.of(facts(OptionalInt.of(512)), WORDS).tokens()).isEqualTo(512);
    assertThat(ContextWindow.of(facts(OptionalInt.empty()), WORDS).tokens())
        .isEqualTo(ContextWindow.DEFAULT_TOKENS);
  }

  private static ModelFacts facts(OptionalInt contextLength) {
    return new ModelFacts(Optional.empty(), OptionalLong.empty(), Optional.empty(), contextLength);
  }

  @Test
  void promptAndAnswerAlwaysFitTogether() {
    for (long seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      int window = 40 + random.nextInt(300);
      int answer = 1 + random.nextInt(window * 2);
      List<Hit> hits = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        hits.add(Passages.hit("p" + i, i, sentences(random)));
      }
      ContextWindow.Fitted fitted;
      try {
        fitted = fit(window, asking(sentences(random)), hits, answer);
      } catch (EndpointFailure refused) {
        assertThat(refused.kind()).as("seed %d", seed).isEqualTo(Kind.INVALID_REQUEST);
        continue;
      }
      assertThat(fitted.answerTokens()).as("seed %d", seed).isPositive();
      assertThat(words(fitted.messages()) + fitted.answerTokens())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(window);
      for (int i = 0; i < fitted.hits().size(); i++) {
        Passage held = fitted.hits().get(i).passage();
        assertThat(hits.get(i).passage().id()).as("seed %d", seed).isEqualTo(held.id());
        assertThat(hits.get(i).passage().text()).as("seed %d", seed).startsWith(held.text());
      }
    }
  }

  private static String sentences(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.append("Word ").append("word ".repeat(random.nextInt(12))).append("end. ");
    }
    return text.toString().strip();
  }
}
