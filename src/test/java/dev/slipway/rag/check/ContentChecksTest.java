package dev.slipway.rag.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.ChatModel.Reply;
import dev.slipway.endpoint.Deadline;
import dev.slipway.failure.Withheld;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.ApiSpec.Personal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ContentChecksTest {
  private static final String PERSONAL =
      "Ann (ann@mail.example, +49 151 1234567) paid 12 with 4111 1111 1111 1111 from DE89 3704 0044"
          + " 0532 0130 00 AND 10.0.0.1 at 12:30:45; bob@x.example.";

  private static ContentChecks checks(
      Set<Personal> redact, List<String> input, List<String> output) {
    return new ContentChecks(new ApiSpec.Checks(redact, input, output));
  }

  /** Says a text in pieces. */
  private static ChatModel saying(List<String> pieces) {
    return new ChatModel() {
      @Override
      public Reply chat(Request request) {
        return new Reply(String.join("", pieces), Optional.empty(), Optional.empty());
      }

      @Override
      public Reply stream(Request request, TokenSink sink) {
        pieces.forEach(sink::token);
        return chat(request);
      }
    };
  }

  private static final ChatModel.Request REQUEST =
      new ChatModel.Request(
          List.of(new ChatModel.Message(ChatModel.Role.USER, "x")),
          ChatModel.Sampling.defaults(),
          Deadline.in(Duration.ofMinutes(1)));

  private static List<String> streamed(ContentChecks checks, List<String> pieces) {
    List<String> sent = new ArrayList<>();
    Reply _ = checks.over(saying(pieces)).stream(REQUEST, sent::add);
    return sent;
  }

  private static List<String> split(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(9));
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  @Test
  void aStreamIsRedactedAsItsWholeTextIsHoweverItIsSplit() {
    ContentChecks checks = checks(EnumSet.allOf(Personal.class), List.of(), List.of("never said"));
    String whole = checks.redacted(PERSONAL);
    assertThat(whole)
        .isEqualTo(
            "Ann ([email], [phone]) paid 12 with [card] from [iban] AND [ip] at 12:30:45; [email].");
    for (int seed = 0; seed < 50; seed++) {
      assertThat(String.join("", streamed(checks, split(PERSONAL, new Random(seed)))))
          .as("seed %d", seed)
          .isEqualTo(whole);
    }
    assertThat(checks.over(saying(List.of(PERSONAL))).chat(REQUEST).text()).isEqualTo(whole);
  }

  @Test
  void plainWordsAreSentAsTheyCome() {
    ContentChecks checks = checks(EnumSet.allOf(Personal.class), List.of(), List.of("secret plan"));

    assertThat(streamed(checks, List.of("Hello ", "you ", "see ", "this")).getFirst())
        .startsWith("Hello");
  }

  @Test
  void anAnswerInWhichAnExpressionIsFoundIsWithheldBeforeAnyOfItIsSent() {
    ContentChecks checks = checks(Set.of(), List.of(), List.of("(?i)secret plan"));
    List<String> sent = new ArrayList<>();
    ChatModel model = checks.over(saying(List.of("The ", "SEC", "RET", " pl", "an is this")));

    assertThatThrownBy(() -> model.stream(REQUEST, sent::add))
        .isInstanceOfSatisfying(
            Withheld.class, w -> assertThat(w.code()).isEqualTo("answer_withheld"))
        .hasMessageNotContaining("plan");
    assertThat(String.join("", sent)).isEqualTo("The ");
    assertThatThrownBy(() -> model.chat(REQUEST)).isInstanceOf(Withheld.class);
  }

  @Test
  void anExpressionThatBacktracksForEverCountsAsFoundSoon() {
    String bait = "a".repeat(5000) + "!";
    for (String expression : List.of("(a+)+$", "(a|aa)+$", "(.*a){25}b", "(a|b)*c")) {
      long start = System.nanoTime();
      boolean found = new Expressions(List.of(expression)).foundIn(bait);
      assertThat(found).as(expression).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void ordinaryExpressionsPassOrdinaryText() {
    Expressions expressions =
        new Expressions(List.of("(?i)internal only", "\\bpassword\\s*[:=]", ".*DROP TABLE"));

    assertThat(expressions.foundIn("line of text\n".repeat(5000))).isFalse();
    assertThat(expressions.foundIn("my password: x")).isTrue();
  }
}
