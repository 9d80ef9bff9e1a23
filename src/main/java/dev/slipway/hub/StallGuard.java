package dev.slipway.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends reads that wait too long for their next byte: Java's HTTP client bounds the time to the
 * answer's head only, and a connection that was lost without a word would be waited on forever.
 */
final class StallGuard {

  private final Duration patience;
  private final Set<Guarded> reading = ConcurrentHashMap.newKeySet();

  StallGuard(Duration patience) {
    this.patience = patience;
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("hub-stalls").factory());
    long period = Math.max(10, patience.toMillis() / 4);
    var _ = clock.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
  }

  /** Guards the reads of a stream. */
  InputStream watch(InputStream in) {
    return new Guarded(in);
  }

  private void look() {
    long now = System.nanoTime();
    for (Guarded each : reading) {
      if (now - each.since > patience.toNanos()) {
        each.stalled = true;
        try {
          each.close();
        } catch (IOException e) {
          // Its reader is told anyway.
        }
      }
    }
  }

  private final class Guarded extends FilterInputStream {
    private volatile long since;
    private volatile boolean stalled;

    Guarded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      since = System.nanoTime();
      reading.add(this);
      try {
        int count = super.read(bytes, offset, length);
        if (stalled) {
          throw new IOException("stalled");
        }
        return count;
      } catch (IOException e) {
        throw stalled ? new IOException("no byte came for " + patience.toSeconds() + " s", e) : e;
      } finally {
        reading.remove(this);
      }
    }
  }
}
