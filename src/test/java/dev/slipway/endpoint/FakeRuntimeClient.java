package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;

/**
 * Answers with what a test queued, in order; the last answer stands for all later calls. Keeps the
 * same contract as the real client.
 */
public final class FakeRuntimeClient implements RuntimeClient {

  /**
   * One answer.
   *
   * @param parts what the container sends
   * @param failure what happens after the parts; null for a good end
   */
  private record Script(
      List<byte[]> parts, @org.jspecify.annotations.Nullable RuntimeException failure) {}

  private final Queue<Script> scripts = new ArrayDeque<>();
  private final List<Invocation> invocations = new ArrayList<>();
  private int stopped;

  /** Queues an answer of these parts. */
  public synchronized FakeRuntimeClient answering(byte[]... parts) {
    scripts.add(new Script(List.copyOf(Arrays.asList(parts)), null));
    return this;
  }

  /** Queues a failure after these parts. */
  public synchronized FakeRuntimeClient failing(RuntimeException failure, byte[]... parts) {
    scripts.add(new Script(List.copyOf(Arrays.asList(parts)), failure));
    return this;
  }

  /** Returns what was asked so far. */
  public synchronized List<Invocation> invocations() {
    return List.copyOf(invocations);
  }

  /** Returns how many streams were left by their reader before their end. */
  public synchronized int stopped() {
    return stopped;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    Script script = next(invocation);
    if (script.failure() != null) {
      throw script.failure();
    }
    int length = script.parts().stream().mapToInt(part -> part.length).sum();
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] part : script.parts()) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    Script script = next(invocation);
    for (byte[] part : script.parts()) {
      try {
        sink.accept(part);
      } catch (RuntimeException left) {
        synchronized (this) {
          stopped++;
        }
        throw left;
      }
    }
    if (script.failure() != null) {
      throw script.failure();
    }
  }

  private synchronized Script next(Invocation invocation) {
    invocations.add(invocation);
    if (invocation.deadline().over()) {
      throw new EndpointFailure(
          EndpointFailure.Kind.TIMEOUT, OptionalInt.empty(), "no answer", "too late", "wait", null);
    }
    Script script = scripts.size() > 1 ? scripts.remove() : scripts.peek();
    if (script == null) {
      throw new EndpointFailure(
          EndpointFailure.Kind.NOT_FOUND, OptionalInt.empty(), "no answer", "none", "add", null);
    }
    return script;
  }

  @Override
  public void close() {}
}
