package dev.slipway.trace;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes traces on a thread of its own, some at a time, whatever state disk and file are in.
 *
 * <p>Those who bring traces never wait: what the bounded queue can't take, or the file, is counted
 * and said once a minute.
 */
final class TraceWriter implements TraceRecorder, FeedbackRecorder, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TraceWriter.class);

  /** Ten seconds of traces at 100 questions a second; a few megabytes when it is full. */
  static final int QUEUE = 1_000;

  private static final int BATCH = 200;

  /** How long a trace waits for others: one transaction for many costs less than many. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private static final int GATHER_STEPS = 4;

  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  /** How long traces wait for another process that writes; those behind them wait in the queue. */
  private static final Duration WAIT_FOR_LOCK = Duration.ofSeconds(5);

  /** How long an unusable file is left alone before it is opened again. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(5);

  /** How often what is too old or too many is looked for. */
  private static final Duration EXPIRE_EVERY = Duration.ofMinutes(10);

  /** Or after so many new ones. */
  private static final int EXPIRE_AFTER = 500;

  /** What the thread is given, in order. */
  private sealed interface Item {
    /** A trace to keep. */
    record Keep(Trace trace) implements Item {}

    /** Something that was thought of a trace. */
    record Judge(TraceRows.Judgement judgement) implements Item {}

    /** Somebody who waits until all before is written, or lost. */
    record Waiting(CountDownLatch latch) implements Item {}
  }

  private final TraceFile file;
  private final Retention retention;
  private final InstantSource clock;
  private final BlockingQueue<Item> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;

  /** How many wait until all before is written. */
  private final AtomicInteger hurry = new AtomicInteger();

  private @Nullable Connection connection;
  private long openNotBefore = System.nanoTime();
  private long expireNotBefore = System.nanoTime();
  private int writtenSince;
  private long saidDropped;
  private long sayNotBefore = System.nanoTime();
  private String reason = "more came than could be written";

  TraceWriter(TraceFile file, int capacity, Retention retention, InstantSource clock) {
    this.file = file;
    this.retention = retention;
    this.clock = clock;
    this.queue = new ArrayBlockingQueue<>(capacity);
    // SQLite's native calls would pin a virtual thread to its carrier.
    this.thread = Thread.ofPlatform().daemon().name("traces").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void record(Trace trace) {
    offer(new Item.Keep(trace));
  }

  @Override
  public void record(Trace trace, Feedback feedback) {
    offer(new Item.Judge(new TraceRows.Judgement(trace.id(), feedback)));
  }

  private void offer(Item item) {
    if (closing || !queue.offer(item)) {
      dropped.incrementAndGet();
    }
  }

  /** Returns how many traces were not kept so far. */
  long dropped() {
    return dropped.get();
  }

  /** Waits until what was recorded before is written or lost, but no longer than so. */
  void awaitWritten(Duration most) {
    Item.Waiting waiting = new Item.Waiting(new CountDownLatch(1));
    hurry.incrementAndGet();
    try {
      if (thread.isAlive() && queue.offer(waiting)) {
        LockSupport.unpark(thread);
        // False means that the wait was long enough; the reader then sees what is there.
        var unused = waiting.latch().await(most.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      hurry.decrementAndGet();
    }
  }

  /** Writes what is queued, then stops; waits a few seconds at most. */
  @Override
  public void close() {
    closing = true;
    try {
      // Wakes the thread where it waits for the next trace; a full queue needs no waking.
      var unused = queue.offer(new Item.Waiting(new CountDownLatch(1)));
      LockSupport.unpark(thread);
      thread.join(CLOSE_AT_MOST);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        List<Item> items = new ArrayList<>();
        Item first = queue.poll(SAY_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
          items.add(first);
          gather();
          queue.drainTo(items, BATCH - 1);
          handle(items);
        }
        sayDropped();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
      sayNotBefore = System.nanoTime();
      sayDropped();
    }
  }

  /** Lets others come, unless somebody waits or the queue fills up. */
  private void gather() {
    for (int step = 0; step < GATHER_STEPS; step++) {
      boolean room = queue.size() < BATCH && queue.size() < queue.remainingCapacity();
      if (!room || closing || hurry.get() > 0 || Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(GATHER.toNanos() / GATHER_STEPS);
    }
  }

  private void handle(List<Item> items) {
    List<Trace> traces = new ArrayList<>();
    List<TraceRows.Judgement> judgements = new ArrayList<>();
    List<CountDownLatch> waiting = new ArrayList<>();
    for (Item item : items) {
      switch (item) {
        case Item.Keep keep -> traces.add(keep.trace());
        case Item.Judge judge -> judgements.add(judge.judgement());
        case Item.Waiting waits -> waiting.add(waits.latch());
      }
    }
    try {
      if (!traces.isEmpty()) {
        write(traces.size(), connection -> TraceRows.insert(connection, traces));
        writtenSince += traces.size();
      }
      // After the traces: what is thought of one may come with it.
      if (!judgements.isEmpty()) {
        write(judgements.size(), connection -> TraceRows.judge(connection, judgements));
      }
      expire();
    } finally {
      waiting.forEach(CountDownLatch::countDown);
    }
  }

  /** What is done with an open file. */
  private interface Writing {
    void to(Connection connection) throws SQLException;
  }

  private void expire() {
    if (connection == null
        || (writtenSince < EXPIRE_AFTER && System.nanoTime() - expireNotBefore < 0)) {
      return;
    }
    expireNotBefore = System.nanoTime() + EXPIRE_EVERY.toNanos();
    writtenSince = 0;
    write(0, open -> TraceRows.expire(open, retention, clock.instant()));
  }

  private void write(int items, Writing writing) {
    if (System.nanoTime() - openNotBefore < 0 && !closing) {
      dropped.addAndGet(items);
      return;
    }
    long giveUp = System.nanoTime() + WAIT_FOR_LOCK.toNanos();
    boolean mended = false;
    while (true) {
      try {
        writing.to(connected());
        return;
      } catch (SQLException failure) {
        if (TraceFile.broken(failure) && !mended) {
          mended = true;
          setAside();
        } else if (!TraceFile.locked(failure) || closing || System.nanoTime() - giveUp >= 0) {
          lose(items, TraceFile.why(failure));
          return;
        }
      } catch (IOException | RuntimeException failure) {
        lose(items, failure.getClass().getSimpleName());
        return;
      }
    }
  }

  private void setAside() {
    disconnect();
    try {
      file.setAside();
      LOG.warn("The traces in {} are broken: set aside, and a new file begun", file.path());
    } catch (IOException unmovable) {
      LOG.warn("The traces in {} are broken and can't be moved", file.path());
    }
  }

  private void lose(int items, String why) {
    disconnect();
    openNotBefore = System.nanoTime() + TRY_AGAIN.toNanos();
    dropped.addAndGet(items);
    reason = why;
  }

  private Connection connected() throws SQLException, IOException {
    Connection current = connection;
    if (current == null) {
      current = file.openToWrite();
      connection = current;
    }
    return current;
  }

  private void disconnect() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException unclosable) {
        LOG.debug("{} was not closed: {}", file.path(), unclosable.getClass().getName());
      }
    }
  }

  private void sayDropped() {
    long now = dropped.get();
    if (now > saidDropped && System.nanoTime() - sayNotBefore >= 0) {
      LOG.warn("{} traces were not kept in {}: {}", now - saidDropped, file.path(), reason);
      saidDropped = now;
      sayNotBefore = System.nanoTime() + SAY_AGAIN.toNanos();
    }
  }
}
