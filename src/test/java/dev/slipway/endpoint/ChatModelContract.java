package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What every chat model keeps. */
abstract class ChatModelContract {

  /** Returns a model whose answer has these pieces. */
  abstract ChatModel saying(String... pieces);

  /** Returns a model that says these pieces and then fails so. */
  abstract ChatModel failing(EndpointFailure failure, String... pieces);

  static ChatModel.Request request(Duration time) {
    return new ChatModel.Request(
        List.of(new ChatModel.Message(ChatModel.Role.USER, "Where is the harbour?")),
        ChatModel.Sampling.defaults().greedy(8),
        Deadline.in(time));
  }

  @Test
  void answersWholeWithUsageAndReason() {
    ChatModel.Reply reply = saying(" At", " sea", ".").chat(request(Duration.ofSeconds(5)));

    assertThat(reply.text()).isEqualTo(" At sea.");
    assertThat(reply.finishReason()).contains(ChatModel.FinishReason.STOP);
    assertThat(reply.usage().orElseThrow().promptTokens()).isPositive();
    assertThat(reply.usage().orElseThrow().completionTokens()).isPositive();
  }

  @Test
  void streamsTheSameTextPieceByPieceOnTheCallersThread() {
    List<String> pieces = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();

    ChatModel.Reply reply =
        saying(" Zur", " See", " 🚢", ".").stream(
            request(Duration.ofSeconds(5)),
            text -> {
              pieces.add(text);
              threads.add(Thread.currentThread());
            });

    assertThat(pieces).containsExactly(" Zur", " See", " 🚢", ".");
    assertThat(reply.text()).isEqualTo(" Zur See 🚢.");
    assertThat(reply.usage()).isPresent();
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void whatTheSinkThrowsReachesTheCallerUnchanged() {
    IllegalStateException gone = new IllegalStateException("the client is gone");

    assertThatThrownBy(
            () ->
                saying("one", "two", "three").stream(
                    request(Duration.ofSeconds(5)),
                    text -> {
                      throw gone;
                    }))
        .isSameAs(gone);
  }

  @Test
  void aFailureAfterTheFirstPieceIsAFailure() {
    EndpointFailure failure =
        new EndpointFailure(
            Kind.UNAVAILABLE, OptionalInt.empty(), "it broke off", "it crashed", "wait", null);
    List<String> pieces = new ArrayList<>();

    assertThatThrownBy(
            () ->
                failing(failure, "one", "two").stream(request(Duration.ofSeconds(5)), pieces::add))
        .isInstanceOf(EndpointFailure.class)
        .extracting(thrown -> ((EndpointFailure) thrown).kind())
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(pieces).containsExactly("one", "two");
  }

  @Test
  void doesNotAskWhenTheTimeIsOver() {
    assertThatThrownBy(() -> saying("late").chat(request(Duration.ZERO)))
        .isInstanceOf(EndpointFailure.class)
        .extracting(thrown -> ((EndpointFailure) thrown).kind())
        .isEqualTo(Kind.TIMEOUT);
  }
}
