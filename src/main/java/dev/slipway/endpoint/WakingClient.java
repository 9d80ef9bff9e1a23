package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Holds a request while the endpoint wakes from zero copies, or loads its model, and sends it again
 * until its deadline. Each try is what wakes it: SageMaker counts the refused ones. Thread-safe as
 * long as its client is.
 */
public final class WakingClient implements RuntimeClient {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final RuntimeClient client;
  private final Consumer<Duration> pause;
  private final Consumer<String> onlooker;

  /**
   * Makes one around a client, which stays the caller's to close.
   *
   * @param pause waits
   * @param onlooker hears, once for each request, that it waits and why
   */
  public WakingClient(RuntimeClient client, Consumer<Duration> pause, Consumer<String> onlooker) {
    this.client = client;
    this.pause = pause;
    this.onlooker = onlooker;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    byte[][] answer = new byte[1][];
    patiently(invocation, () -> true, () -> answer[0] = client.invoke(invocation));
    return answer[0];
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    AtomicBoolean begun = new AtomicBoolean();
    patiently(
        invocation,
        () -> !begun.get(),
        () ->
            client.stream(
                invocation,
                part -> {
                  begun.set(true);
                  sink.accept(part);
                }));
  }

  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    return client.begin(invocation);
  }

  private void patiently(Invocation invocation, BooleanSupplier repeatable, Runnable call) {
    Duration wait = FIRST;
    boolean told = false;
    while (true) {
      try {
        call.run();
        return;
      } catch (EndpointFailure failure) {
        if (failure.kind() != EndpointFailure.Kind.NOT_READY
            || !repeatable.getAsBoolean()
            || invocation.deadline().remaining().compareTo(wait) <= 0) {
          throw failure;
        }
        if (!told) {
          told = true;
          onlooker.accept(
              "\""
                  + invocation.endpoint()
                  + "\" can't answer yet: "
                  + failure.why()
                  + " Waiting up to "
                  + invocation.deadline().remaining().toSeconds()
                  + " s for it.");
        }
      }
      pause.accept(wait);
      wait = wait.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : wait.multipliedBy(2);
    }
  }

  /** The client is its owner's to close. */
  @Override
  public void close() {}
}
