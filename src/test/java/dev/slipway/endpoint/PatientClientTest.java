package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.endpoint.PatientClient.Patience;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PatientClientTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeRuntimeClient endpoint = new FakeRuntimeClient();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<Waiting> told = new ArrayList<>();
  private final Breaker breaker = new Breaker(5, Duration.ofSeconds(10), () -> 0);

  private PatientClient client(Patience patience) {
    return new PatientClient(endpoint, breaker, patience, pauses::add, () -> 0, told::add);
  }

  private PatientClient client() {
    return client(Patience.UNTIL_READY);
  }

  private static EndpointFailure failure(Kind kind) {
    return new EndpointFailure(
        kind, OptionalInt.empty(), "no answer", "it is scaled to zero.", "Wait.", null);
  }

  private static RuntimeClient.Invocation invocation(Duration time) {
    return RuntimeClientContract.invocation(time);
  }

  private EndpointFailure refused(Duration time) {
    return catchThrowableOfType(EndpointFailure.class, () -> client().invoke(invocation(time)));
  }

  @Test
  void aRequestToAnEndpointAtZeroIsHeldUntilItWakesAndThatIsSaidOnce() {
    EndpointFailure asleep = failure(Kind.NOT_READY);
    endpoint.failing(asleep).failing(asleep).failing(asleep).failing(asleep).failing(asleep);
    endpoint.answering(Streams.bytes("hello"));

    assertThat(client().invoke(invocation(HOUR))).isEqualTo(Streams.bytes("hello"));

    assertThat(pauses)
        .containsExactly(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(15),
            Duration.ofSeconds(15));
    assertThat(told).singleElement().extracting(Waiting::why).isEqualTo("it is scaled to zero.");
  }

  @Test
  void theReaderOfAStreamHearsThatItWaits() {
    endpoint.failing(failure(Kind.NOT_READY)).answering(Streams.bytes("hello"));
    List<String> heard = new ArrayList<>();

    client().stream(
        invocation(HOUR),
        new RuntimeClient.PartSink() {
          @Override
          public void accept(byte[] part) {
            heard.add("part");
          }

          @Override
          public void waiting(Waiting waiting) {
            heard.add("waiting");
          }
        });

    assertThat(heard).containsExactly("waiting", "part");
  }

  @Test
  void noRequestIsHeldBeyondItsDeadlineAndTheRefusalSaysWhenToComeBack() {
    endpoint.failing(failure(Kind.NOT_READY));

    EndpointFailure refused = refused(Duration.ofSeconds(10));

    assertThat(refused.kind()).isEqualTo(Kind.NOT_READY);
    assertThat(refused.retryAfter()).isPresent();
    Duration waited = pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
  }

  @Test
  void whoeverHasAnotherToAskIsToldAtOnce() {
    endpoint.failing(failure(Kind.NOT_READY));

    assertThatThrownBy(() -> client(Patience.NONE).invoke(invocation(HOUR)))
        .isInstanceOf(EndpointFailure.class);
    assertThat(endpoint.invocations()).hasSize(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aDroppedConnectionIsBridgedAndALostServiceIsNotWaitedFor() {
    endpoint.failing(failure(Kind.UNAVAILABLE));

    assertThat(refused(HOUR).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(endpoint.invocations()).hasSize(3);
    assertThat(pauses).containsExactly(Duration.ofMillis(150), Duration.ofMillis(300));
    assertThat(told).isEmpty();
  }

  @Test
  void theServicesOwnRetryAfterIsHonoured() {
    endpoint.failing(failure(Kind.UNAVAILABLE).retryAfter(Duration.ofSeconds(7)));
    endpoint.answering(Streams.bytes("hello"));

    client().invoke(invocation(HOUR));

    assertThat(pauses).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void aRetryAfterBeyondTheDeadlineIsHandedOnAtOnce() {
    endpoint.failing(failure(Kind.UNAVAILABLE).retryAfter(Duration.ofSeconds(70)));

    assertThat(refused(Duration.ofSeconds(60)).retryAfter()).contains(Duration.ofSeconds(70));
    assertThat(pauses).isEmpty();
  }

  @Test
  void pausesAreDrawnBetweenHalfAndAllOfTheirLength() {
    Random random = new Random(20261123);
    for (int i = 0; i < 200; i++) {
      List<Duration> drawn = new ArrayList<>();
      var fresh = new FakeRuntimeClient().failing(failure(Kind.UNAVAILABLE));
      var client =
          new PatientClient(
              fresh, new Breaker(), Patience.NONE, drawn::add, random::nextDouble, waiting -> {});

      assertThatThrownBy(() -> client.invoke(invocation(HOUR))).isNotNull();

      assertThat(drawn.get(0)).isBetween(Duration.ofMillis(75), Duration.ofMillis(150));
      assertThat(drawn.get(1)).isBetween(Duration.ofMillis(150), Duration.ofMillis(300));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NOT_READY", "UNAVAILABLE"})
  void aStreamThatHasBegunIsNotBegunAgain(Kind kind) {
    endpoint.failing(failure(kind), Streams.bytes("he")).answering(Streams.bytes("hello"));
    List<byte[]> parts = new ArrayList<>();

    assertThatThrownBy(() -> client().stream(invocation(HOUR), parts::add))
        .isInstanceOf(EndpointFailure.class);
    assertThat(parts).hasSize(1);
    assertThat(endpoint.invocations()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NOT_READY", "UNAVAILABLE"})
  void whatCanNotWorkIsNotTriedAgain(Kind kind) {
    endpoint.failing(failure(kind));

    assertThat(refused(HOUR).kind()).isEqualTo(kind);
    assertThat(endpoint.invocations()).hasSize(1);
  }

  @Test
  void anEndpointThatKeepsFailingIsLeftAloneAndItsCallersHearSoAtOnce() {
    endpoint.failing(failure(Kind.MODEL_ERROR));
    for (int i = 0; i < 5; i++) {
      assertThat(refused(HOUR).kind()).isEqualTo(Kind.MODEL_ERROR);
    }

    EndpointFailure open = refused(HOUR);

    assertThat(open.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(open.retryAfter()).contains(Duration.ofSeconds(10));
    assertThat(endpoint.invocations()).hasSize(5);
  }

  @Test
  void wrongRequestsAndSleepingModelsOpenNothing() {
    endpoint.failing(failure(Kind.INVALID_REQUEST));
    for (int i = 0; i < 20; i++) {
      assertThat(refused(HOUR).kind()).isEqualTo(Kind.INVALID_REQUEST);
    }
    endpoint.failing(failure(Kind.NOT_READY)).answering(Streams.bytes("hello"));
    // The last of the wrong ones.
    assertThat(refused(HOUR).kind()).isEqualTo(Kind.INVALID_REQUEST);

    assertThat(client().invoke(invocation(HOUR))).isEqualTo(Streams.bytes("hello"));
  }
}
