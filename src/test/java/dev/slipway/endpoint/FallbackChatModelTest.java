package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FallbackChatModelTest {
  private final FakeRuntimeClient large = new FakeRuntimeClient();
  private final FakeRuntimeClient small = new FakeRuntimeClient();
  private final ChatModel model =
      new FallbackChatModel(model(large, "large"), model(small, "small"));

  private static ChatModel model(FakeRuntimeClient client, String name) {
    var patient =
        new PatientClient(
            client, new Breaker(), PatientClient.Patience.NONE, pause -> {}, waiting -> {});
    return new EndpointChatModel(patient, new EndpointName(name), Optional.empty());
  }

  private static EndpointFailure failure(Kind kind) {
    return new EndpointFailure(kind, OptionalInt.empty(), "no answer", "why", "next", null);
  }

  private static ChatModel.Request request() {
    return ChatModelContract.request(Duration.ofSeconds(20));
  }

  @Test
  void theFirstAnswersWhileItCan() {
    large.answering(Streams.completion("from the large one"));

    assertThat(model.chat(request()).endpoint()).contains(new EndpointName("large"));
    assertThat(small.invocations()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INVALID_REQUEST")
  void theSecondAnswersWhereTheFirstFailsAndTheAnswerSaysSo(Kind kind) {
    large.failing(failure(kind));
    small.answering(Streams.completion("from the small one"));

    ChatModel.Reply reply = model.chat(request());

    assertThat(reply.text()).isEqualTo("from the small one");
    assertThat(reply.endpoint()).contains(new EndpointName("small"));
  }

  @Test
  void theSecondIsAskedAloneWhileTheFirstIsLeftAlone() {
    large.failing(failure(Kind.MODEL_ERROR));
    small.answering(Streams.completion("from the small one"));
    for (int i = 0; i < 8; i++) {
      assertThat(model.chat(request()).endpoint()).contains(new EndpointName("small"));
    }

    assertThat(large.invocations()).as("five failures, then a rest").hasSize(5);
  }

  @Test
  void anErrorAsTheFirstEventIsBeforeTheFirstWord() {
    large.answering(Streams.bytes("data: {\"error\":{\"message\":\"no\",\"code\":500}}\n\n"));
    small.answering(Streams.stream("from", " the small one"));
    List<String> pieces = new ArrayList<>();

    assertThat(model.stream(request(), pieces::add).endpoint()).contains(new EndpointName("small"));
    assertThat(pieces).containsExactly("from", " the small one");
  }

  @Test
  void twoModelsWordsAreNeverMixed() {
    large.failing(failure(Kind.UNAVAILABLE), Streams.bytes(Streams.chunk("from")));
    small.answering(Streams.stream("never"));
    List<String> pieces = new ArrayList<>();

    EndpointFailure failure =
        catchThrowableOfType(EndpointFailure.class, () -> model.stream(request(), pieces::add));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(pieces).containsExactly("from");
    assertThat(small.invocations()).isEmpty();
  }

  @Test
  void aWrongRequestIsNotAskedTwice() {
    large.failing(failure(Kind.INVALID_REQUEST));

    assertThat(catchThrowableOfType(EndpointFailure.class, () -> model.chat(request())).kind())
        .isEqualTo(Kind.INVALID_REQUEST);
    assertThat(small.invocations()).isEmpty();
  }

  @Test
  void whereBothFailTheSecondSaysWhyAndTheFirstIsKept() {
    large.failing(failure(Kind.MODEL_ERROR));
    small.failing(failure(Kind.NOT_FOUND));

    EndpointFailure failure =
        catchThrowableOfType(EndpointFailure.class, () -> model.chat(request()));

    assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(failure.getSuppressed()).hasSize(1);
  }
}
