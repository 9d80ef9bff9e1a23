package dev.slipway.endpoint;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.failure.EndpointFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Asks an asynchronous endpoint and waits for its answer: the request goes into a bucket, and so
 * does the answer. An endpoint without instances wakes by itself, as it finds the request in its
 * queue. Thread-safe as long as its collaborators are.
 */
public final class AsyncRoundTrip implements RuntimeClient {
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration LONGEST = HostingLimits.ASYNC_ANSWER_AT_MOST.duration();

  private final RuntimeClient client;
  private final ObjectPlaces places;
  private final Consumer<Duration> pause;
  private final Consumer<String> onlooker;

  /**
   * Makes one around a client, which stays the caller's to close.
   *
   * @param pause waits
   * @param onlooker hears where the answer will be
   */
  public AsyncRoundTrip(
      RuntimeClient client,
      ObjectPlaces places,
      Consumer<Duration> pause,
      Consumer<String> onlooker) {
    this.client = client;
    this.places = places;
    this.pause = pause;
    this.onlooker = onlooker;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    String input = places.keep(invocation.body(), invocation.contentType());
    Duration left = invocation.deadline().remaining();
    AsyncPlaces answer =
        begin(
            new AsyncInvocation(
                invocation.endpoint(),
                input,
                invocation.contentType(),
                invocation.accept(),
                left.compareTo(LONGEST) > 0 ? LONGEST : left));
    onlooker.accept("The answer will be at " + answer.output());
    for (Duration waited = Duration.ZERO; ; waited = waited.plus(LOOK)) {
      Optional<byte[]> output = places.read(answer.output());
      if (output.isPresent()) {
        places.forget(input);
        places.forget(answer.output());
        return output.get();
      }
      if (answer.failure().flatMap(places::read).isPresent()) {
        places.forget(input);
        // What the container said may quote the prompt, so it is left where it lies.
        throw new EndpointFailure(
            EndpointFailure.Kind.MODEL_ERROR,
            OptionalInt.empty(),
            "The model behind \"" + invocation.endpoint() + "\" did not answer",
            "its container failed; what it said is at " + answer.failure().orElse("") + ".",
            "`slipway logs` shows what the container said.",
            null);
      }
      // What is waited counts too: a clock that is played passes no time of this process.
      if (invocation.deadline().remaining().compareTo(LOOK) <= 0 || waited.compareTo(left) >= 0) {
        throw new EndpointFailure(
            EndpointFailure.Kind.TIMEOUT,
            OptionalInt.empty(),
            "\"" + invocation.endpoint() + "\" did not answer in time",
            "its answer is not there yet; the request stays in its queue.",
            "Look later at " + answer.output() + ", or allow more time (--deadline).",
            null);
      }
      pause.accept(LOOK);
    }
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    sink.accept(invoke(invocation));
  }

  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    return client.begin(invocation);
  }

  /** The client is its owner's to close. */
  @Override
  public void close() {}
}
