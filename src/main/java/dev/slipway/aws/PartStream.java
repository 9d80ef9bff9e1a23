package dev.slipway.aws;

import dev.slipway.endpoint.Deadline;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.sagemakerruntime.model.PayloadPart;
import software.amazon.awssdk.services.sagemakerruntime.model.ResponseStream;

/**
 * Hands the parts of one streamed answer from the SDK's threads to the one that waits for them.
 *
 * <p>The connection is read no further than a few parts ahead of that thread, so a slow reader
 * slows the container and does not fill the memory. For one answer only.
 */
final class PartStream
    implements InvokeEndpointWithResponseStreamResponseHandler, Subscriber<ResponseStream> {
  /** Enough to keep the network busy while a part is being written on; each is a token or so. */
  private static final int PARTS_AHEAD = 64;

  /** What happens to a stream, in order. */
  private sealed interface Signal {
    /** Some bytes came. */
    record Part(byte[] bytes) implements Signal {}

    /** Nothing more comes. */
    record End(Optional<Throwable> failure) implements Signal {}
  }

  /** Holds at most {@link #PARTS_AHEAD} parts, because no more are asked for, and the ends. */
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();

  /**
   * Returns the next part, empty after the last one.
   *
   * @throws TimeoutException if the deadline is over first
   * @throws InterruptedException if the waiting thread is interrupted
   * @throws Broken if the stream ended early
   */
  Optional<byte[]> next(Deadline deadline) throws TimeoutException, InterruptedException, Broken {
    // Also when parts keep coming: an answer that is still being written may not outlive its time.
    Signal signal =
        deadline.over() ? null : signals.poll(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    return switch (signal) {
      case null -> throw new TimeoutException();
      case Signal.Part part -> {
        request(1);
        yield Optional.of(part.bytes());
      }
      case Signal.End end -> {
        if (end.failure().isPresent()) {
          throw new Broken(end.failure().get());
        }
        yield Optional.empty();
      }
    };
  }

  /** Asks for no more; the connection is closed with the call's future. */
  void cancel() {
    Subscription current = subscription.get();
    if (current != null) {
      current.cancel();
    }
  }

  /** Hears how the whole call ended: before any event, or with an error of its own. */
  void ended(@Nullable Throwable failure) {
    // A call that ends well has told the subscriber so, behind the last part.
    if (failure != null) {
      onError(failure);
    } else if (subscription.get() == null) {
      onComplete();
    }
  }

  @Override
  public void responseReceived(InvokeEndpointWithResponseStreamResponse response) {}

  @Override
  public void onEventStream(SdkPublisher<ResponseStream> publisher) {
    publisher.subscribe(this);
  }

  @Override
  public void exceptionOccurred(Throwable throwable) {
    onError(throwable);
  }

  @Override
  public void complete() {}

  @Override
  public void onSubscribe(Subscription newSubscription) {
    subscription.set(newSubscription);
    newSubscription.request(PARTS_AHEAD);
  }

  @Override
  public void onNext(ResponseStream event) {
    SdkBytes bytes = event instanceof PayloadPart part ? part.bytes() : null;
    if (bytes == null) {
      // An event that this version does not know.
      request(1);
    } else {
      signals.add(new Signal.Part(bytes.asByteArray()));
    }
  }

  @Override
  public void onError(Throwable throwable) {
    signals.add(new Signal.End(Optional.of(throwable)));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End(Optional.empty()));
  }

  private void request(long parts) {
    Subscription current = subscription.get();
    if (current != null) {
      current.request(parts);
    }
  }

  /** Carries what broke a stream from the SDK's thread to the caller's. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(Throwable failure) {
      super(failure);
    }

    @Override
    public synchronized Throwable getCause() {
      Throwable cause = super.getCause();
      return cause == null ? this : cause;
    }
  }
}
