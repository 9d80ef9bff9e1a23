package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.UsageFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AsyncRoundTripTest {
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final AsyncRoundTrip.Onlooker reader =
      AsyncRoundTrip.Onlooker.withTheBucket(told::add, "allow more time.");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RuntimeClient.Invocation invocation(Duration deadline) {
    return new RuntimeClient.Invocation(
        new EndpointName("chat"),
        Optional.of("chat"),
        "application/json",
        "application/json",
        bytes("{}"),
        Deadline.in(deadline));
  }

  @Test
  void longGenerationsAreStreamedSoThatTheyDoNotDieAtSixtySeconds() {
    assertThat(Way.choose(false, 100, Duration.ofSeconds(60), false)).isEqualTo(Way.WHOLE);
    assertThat(Way.choose(false, 100, Duration.ofSeconds(61), false)).isEqualTo(Way.STREAMED);
    assertThat(Way.choose(true, 7 << 20, Duration.ofSeconds(10), true)).isEqualTo(Way.ASYNC);
    assertThatThrownBy(() -> Way.choose(false, 7 << 20, Duration.ofSeconds(10), true))
        .isInstanceOf(UsageFailure.class)
        .hasMessageContaining("6291456");
  }

  private static String refusal(RuntimeClient client) {
    return catchThrowableOfType(
            EndpointFailure.class, () -> client.invoke(invocation(Duration.ofSeconds(5))))
        .sentences();
  }

  /** Answers through its places, after some looks. */
  private static final class Places implements ObjectPlaces {
    private final Map<String, byte[]> objects = new HashMap<>();
    private int looks;

    @Override
    public String keep(byte[] body, String contentType) {
      objects.put("s3://store/in", body);
      return "s3://store/in";
    }

    @Override
    public Optional<byte[]> read(String address) {
      return ++looks < 3 ? Optional.empty() : Optional.ofNullable(objects.get(address));
    }

    @Override
    public void forget(String address) {
      objects.remove(address);
    }
  }

  private static final class AsyncEndpoint implements RuntimeClient {
    @Override
    public byte[] invoke(Invocation invocation) {
      throw new AssertionError("an asynchronous endpoint takes no other requests");
    }

    @Override
    public void stream(Invocation invocation, PartSink sink) {
      throw new AssertionError("an asynchronous endpoint takes no other requests");
    }

    @Override
    public AsyncPlaces begin(AsyncInvocation invocation) {
      return new AsyncPlaces("s3://store/out", Optional.of("s3://store/failed"));
    }

    @Override
    public void close() {}
  }

  @Test
  void anAsynchronousAnswerIsWaitedForAndLeavesNothingInTheStore() {
    var places = new Places();
    places.objects.put("s3://store/out", bytes("late"));
    var round = new AsyncRoundTrip(new AsyncEndpoint(), places, pauses::add, reader);

    assertThat(round.invoke(invocation(Duration.ofHours(1)))).isEqualTo(bytes("late"));
    assertThat(places.objects).isEmpty();
    assertThat(told).singleElement().asString().contains("s3://store/out");
  }

  @Test
  void anAsynchronousFailureIsSaidAndNotQuoted() {
    var places = new Places();
    places.objects.put("s3://store/failed", bytes("the secret prompt"));
    var round = new AsyncRoundTrip(new AsyncEndpoint(), places, pauses::add, reader);

    assertThatThrownBy(() -> round.invoke(invocation(Duration.ofHours(1))))
        .isInstanceOfSatisfying(
            EndpointFailure.class,
            failure ->
                assertThat(failure.sentences())
                    .contains("s3://store/failed")
                    .doesNotContain("secret"));
  }

  @Test
  void whoMayNotReadTheBucketHearsNothingOfIt() {
    var places = new Places();
    var round =
        new AsyncRoundTrip(
            new AsyncEndpoint(), places, pauses::add, AsyncRoundTrip.Onlooker.caller());

    assertThat(refusal(round)).contains("async").doesNotContain("s3://", "--deadline");
    places.objects.put("s3://store/failed", bytes("the secret prompt"));
    assertThat(refusal(round)).contains("container failed").doesNotContain("s3://");
  }
}
