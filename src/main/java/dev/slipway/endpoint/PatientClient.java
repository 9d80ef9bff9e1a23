package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Sends a request again when another try can help, and until its deadline at the latest: the one
 * place that does. Thread-safe as long as its client is.
 *
 * <ul>
 *   <li>Nothing answers, or the service throttles: a few tries within a second or so.
 *   <li>The endpoint has no capacity, or loads its model: it is asked gently until it answers. Each
 *       try is what wakes it, since SageMaker counts the refused ones.
 *   <li>Anything else, and whatever fails after the first byte of an answer: never.
 * </ul>
 *
 * <p>Pauses are drawn by chance, so that many callers don't come back at once, and never shorter
 * than the {@code Retry-After} that was answered. A {@link Breaker} hears of every try.
 */
public final class PatientClient implements RuntimeClient {
  /** They bridge a dropped connection or a throttled call. */
  private static final int FEW_TRIES = 3;

  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration GENTLE = Duration.ofSeconds(2);
  private static final Duration GENTLEST = Duration.ofSeconds(15);

  /** Time for the last try to be answered in. */
  private static final Duration LAST_TRY = Duration.ofMillis(500);

  private final RuntimeClient client;
  private final Breaker breaker;
  private final Patience patience;
  private final Consumer<Duration> pause;
  private final DoubleSupplier chance;
  private final Consumer<Waiting> onlooker;

  /** How an endpoint that isn't ready is met. */
  public enum Patience {
    /** It is waited for. */
    UNTIL_READY,
    /** The caller has another to ask. */
    NONE
  }

  /**
   * Makes one around a client, which stays the caller's to close.
   *
   * @param pause waits
   * @param onlooker hears, once for each request that has to wait, why; the sink of a streamed
   *     answer hears the same
   */
  public PatientClient(
      RuntimeClient client,
      Breaker breaker,
      Patience patience,
      Consumer<Duration> pause,
      Consumer<Waiting> onlooker) {
    this(
        client, breaker, patience, pause, () -> ThreadLocalRandom.current().nextDouble(), onlooker);
  }

  /**
   * Makes one.
   *
   * @param chance draws a number from 0 to 1
   */
  PatientClient(
      RuntimeClient client,
      Breaker breaker,
      Patience patience,
      Consumer<Duration> pause,
      DoubleSupplier chance,
      Consumer<Waiting> onlooker) {
    this.client = client;
    this.breaker = breaker;
    this.patience = patience;
    this.pause = pause;
    this.chance = chance;
    this.onlooker = onlooker;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    byte[][] answer = new byte[1][];
    AtomicBoolean begun = new AtomicBoolean();
    patiently(invocation, begun, onlooker, () -> answer[0] = client.invoke(invocation));
    return answer[0];
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    AtomicBoolean begun = new AtomicBoolean();
    PartSink watched =
        part -> {
          if (!begun.getAndSet(true)) {
            // A trial is over with the first byte: a long answer must not keep others out.
            breaker.worked();
          }
          sink.accept(part);
        };
    patiently(
        invocation,
        begun,
        onlooker.andThen(sink::waiting),
        () -> client.stream(invocation, watched));
  }

  /** Begins once: a lost reply may have been accepted, and the container be paid for twice. */
  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    blocked(invocation.endpoint())
        .ifPresent(
            open -> {
              throw open;
            });
    AsyncPlaces[] places = new AsyncPlaces[1];
    tried(() -> places[0] = client.begin(invocation));
    return places[0];
  }

  private void patiently(
      Invocation invocation, AtomicBoolean begun, Consumer<Waiting> told, Runnable call) {
    Optional<EndpointFailure> last = Optional.empty();
    boolean waits = false;
    Duration room = invocation.deadline().remaining().minus(LAST_TRY);
    for (int tries = 1; ; tries++) {
      Optional<EndpointFailure> open = blocked(invocation.endpoint());
      if (open.isPresent()) {
        // What opened it says more than that it is open.
        throw last.isPresent() ? last.get() : open.get();
      }
      try {
        tried(call);
        return;
      } catch (EndpointFailure failure) {
        last = Optional.of(failure);
        Duration next = begun.get() ? Duration.ZERO : pauseAfter(failure, tries);
        // What was waited counts too: a clock that is played passes no time of this process.
        Duration left = shorter(room, invocation.deadline().remaining().minus(LAST_TRY));
        if (next.isZero() || left.compareTo(least(failure)) <= 0) {
          throw next.isZero() || failure.retryAfter().isPresent()
              ? failure
              : failure.retryAfter(next);
        }
        Duration wait = shorter(next, left);
        if (failure.kind() == Kind.NOT_READY && !waits) {
          waits = true;
          told.accept(new Waiting(failure.why(), left));
        }
        pause.accept(wait);
        room = room.minus(wait);
      }
    }
  }

  /** Runs one try, of which the breaker hears. */
  private void tried(Runnable call) {
    boolean heard = false;
    try {
      call.run();
      heard = true;
      breaker.worked();
    } catch (EndpointFailure failure) {
      heard = true;
      switch (failure.kind()) {
        case UNAVAILABLE, MODEL_ERROR, TIMEOUT, MALFORMED, NOT_FOUND, DENIED -> breaker.failed();
        // It answers, and will do better soon.
        case NOT_READY -> breaker.worked();
        case INVALID_REQUEST -> breaker.undecided();
      }
      throw failure;
    } finally {
      if (!heard) {
        breaker.undecided();
      }
    }
  }

  /** Returns how long to wait before another try; zero if none can help. */
  private Duration pauseAfter(EndpointFailure failure, int tries) {
    Duration drawn =
        switch (failure.kind()) {
          case UNAVAILABLE ->
              tries < FEW_TRIES ? drawn(SHORT, SHORT.multipliedBy(8), tries) : Duration.ZERO;
          case NOT_READY ->
              switch (patience) {
                case UNTIL_READY -> drawn(GENTLE, GENTLEST, tries);
                case NONE -> Duration.ZERO;
              };
          case NOT_FOUND, MODEL_ERROR, TIMEOUT, INVALID_REQUEST, DENIED, MALFORMED -> Duration.ZERO;
        };
    return drawn.isZero()
        ? drawn
        : failure.retryAfter().filter(wait -> wait.compareTo(drawn) > 0).orElse(drawn);
  }

  /** Doubles the pause with each try up to the longest; half of it is left to chance. */
  private Duration drawn(Duration first, Duration longest, int tries) {
    Duration whole = first.multipliedBy(1L << Math.min(tries - 1, 10));
    long nanos = (whole.compareTo(longest) > 0 ? longest : whole).toNanos();
    return Duration.ofNanos(nanos - (long) (nanos * 0.5 * chance.getAsDouble()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** A wait that the service asks for and the deadline has no room for is not begun. */
  private static Duration least(EndpointFailure failure) {
    return failure.kind() == Kind.UNAVAILABLE
        ? failure.retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }

  private Optional<EndpointFailure> blocked(EndpointName endpoint) {
    return breaker
        .blocked()
        .map(
            rest ->
                new EndpointFailure(
                        Kind.UNAVAILABLE,
                        OptionalInt.empty(),
                        "\"" + endpoint + "\" was not asked",
                        "it failed several times in a row, and is left alone for a moment.",
                        "Try again in a few seconds; `slipway status` says how the endpoint is.",
                        null)
                    .retryAfter(rest));
  }

  /** The client is its owner's to close. */
  @Override
  public void close() {}
}
