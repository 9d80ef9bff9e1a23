package dev.slipway.endpoint;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.failure.EndpointFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Asks an asynchronous endpoint and waits for its answer: the request goes into a bucket, and so
 * does the answer. An endpoint without instances wakes by itself, as it finds the request in its
 * queue. Thread-safe as long as its collaborators are.
 */
public final class AsyncRoundTrip implements RuntimeClient {
  /** The first look is soon: an endpoint that is awake answers short requests at once. */
  private static final Duration SOON = Duration.ofMillis(250);

  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration LONGEST = HostingLimits.ASYNC_ANSWER_AT_MOST.duration();

  private final RuntimeClient client;
  private final ObjectPlaces places;
  private final Consumer<Duration> pause;
  private final Onlooker onlooker;

  /**
   * Whom an answer is waited for.
   *
   * @param hears is told where the answer will be
   * @param late says what to do about an answer that is not at its address in time
   * @param failed says where the reason is for which there is none, given its address
   */
  public record Onlooker(
      Consumer<String> hears, UnaryOperator<String> late, UnaryOperator<String> failed) {

    /** Returns one who may read the bucket, and learns where to look in it. */
    public static Onlooker withTheBucket(Consumer<String> hears, String moreTime) {
      return new Onlooker(
          hears,
          address -> "Look later at " + address + ", or " + moreTime,
          address -> "What it said is at " + address + "; `slipway logs` shows it too.");
    }

    /** Returns one of the service's callers, who learns nothing of buckets. */
    public static Onlooker caller() {
      return new Onlooker(
          address -> {},
          address ->
              "Ask with \"async\": true, which answers with a place to fetch it from, or set"
                  + " api.limits.deadline higher.",
          address -> "`slipway logs` shows what the container said.");
    }
  }

  /** Makes one around a client, which stays the caller's to close; {@code pause} waits. */
  public AsyncRoundTrip(
      RuntimeClient client, ObjectPlaces places, Consumer<Duration> pause, Onlooker onlooker) {
    this.client = client;
    this.places = places;
    this.pause = pause;
    this.onlooker = onlooker;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    return ask(invocation, waiting -> {});
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    sink.accept(ask(invocation, sink::waiting));
  }

  private byte[] ask(Invocation invocation, Consumer<Waiting> waiting) {
    String input = places.keep(invocation.body(), invocation.contentType());
    Duration left = invocation.deadline().remaining();
    AsyncPlaces answer =
        begin(
            new AsyncInvocation(
                invocation.endpoint(),
                input,
                invocation.contentType(),
                invocation.accept(),
                shorter(left, LONGEST)));
    onlooker.hears().accept("The answer will be at " + answer.output());
    waiting.accept(new Waiting("The request is in the queue of an asynchronous endpoint.", left));
    Duration look = SOON;
    for (Duration waited = Duration.ZERO; ; waited = waited.plus(look)) {
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
            "its container failed.",
            onlooker.failed().apply(answer.failure().orElse("")),
            null);
      }
      look = waited.isZero() ? SOON : shorter(waited, LOOK);
      // What is waited counts too: a clock that is played passes no time of this process.
      if (invocation.deadline().remaining().compareTo(look) <= 0 || waited.compareTo(left) >= 0) {
        throw new EndpointFailure(
            EndpointFailure.Kind.TIMEOUT,
            OptionalInt.empty(),
            "\"" + invocation.endpoint() + "\" did not answer in time",
            "its answer is not there yet; the request stays in its queue.",
            onlooker.late().apply(answer.output()),
            null);
      }
      pause.accept(look);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    return client.begin(invocation);
  }

  /** The client is its owner's to close. */
  @Override
  public void close() {}
}
