package dev.slipway.bench;

import dev.slipway.failure.Interrupted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLHandshakeException;

/** Puts one load on a service. Runs once. */
public final class LoadRun {
  /** Between tries of a client that found nobody listening. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final Load load;
  private final List<byte[]> requests;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final AtomicLong asked = new AtomicLong();
  private final Tally tally;
  private final long counting;

  private LoadRun(Load load) {
    this.load = load;
    this.requests = load.bodies().stream().map(body -> request(load, body)).toList();
    this.counting = System.nanoTime() + load.warmUp().toNanos();
    this.tally = new Tally(counting, load.objectives());
  }

  /**
   * Puts the load on the service, waits for the last answer, and says what became of it.
   *
   * @throws Interrupted if the thread is interrupted
   */
  public static LoadReport run(Load load) {
    LoadRun run = new LoadRun(load);
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("load-", 0).factory())) {
      try {
        switch (load.pace()) {
          case Pace.Closed closed -> run.closed(closed, threads);
          case Pace.Open open -> run.open(open, threads);
        }
        threads.shutdown();
        // No answer outlives its patience.
        if (!threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS)) {
          throw new IllegalStateException("a load has no end");
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new Interrupted(
            "The load was stopped", "this process was told to stop.", "Run it again.");
      }
    } finally {
      run.idle.forEach(LoadRun::drop);
    }
    return run.tally.report();
  }

  private void closed(Pace.Closed closed, ExecutorService threads) {
    for (int client = 0; client < closed.clients(); client++) {
      threads.execute(
          () -> {
            Duration wait = SHORTEST_WAIT;
            for (long now = System.nanoTime(); more(now); now = System.nanoTime()) {
              if (ask(now)) {
                wait = SHORTEST_WAIT;
              } else {
                pause(wait);
                wait = longer(wait);
              }
            }
          });
    }
  }

  private void open(Pace.Open open, ExecutorService threads) throws InterruptedException {
    Semaphore places = new Semaphore(open.atOnce());
    Pace.Gaps gaps = open.gaps();
    long began = counting - load.warmUp().toNanos();
    double offset = gaps.next();
    for (long due = began + (long) offset; more(due); due = began + (long) offset) {
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      long moment = due;
      // Were this thread to wait for a place, those behind would still be counted from their time.
      places.acquire();
      threads.execute(
          () -> {
            try {
              // An open loop keeps its pace, whatever it meets.
              ask(moment);
            } finally {
              places.release();
            }
          });
      offset += gaps.next();
    }
  }

  /** Returns whether a request that is due then belongs to the load. */
  private boolean more(long due) {
    if (Thread.currentThread().isInterrupted() || due - counting >= load.time().toNanos()) {
      return false;
    }
    return due - counting < 0
        || load.requests().isEmpty()
        || asked.getAndIncrement() < load.requests().getAsLong();
  }

  /** Waits, though not beyond the load's end, nor where nobody asks any more. */
  private void pause(Duration wait) {
    long end = counting + load.time().toNanos();
    long until = System.nanoTime() + wait.toNanos();
    for (long left = wait.toNanos();
        left > 0 && !Thread.currentThread().isInterrupted() && !allAsked();
        left = Math.min(until, end) - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private boolean allAsked() {
    return load.requests().isPresent() && asked.get() >= load.requests().getAsLong();
  }

  private static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  /** Asks once; returns whether there was a connection to ask over. */
  private boolean ask(long due) {
    int number = tally.begins(requests.size());
    AnswerReader reader = new AnswerReader(due);
    Sample sample;
    boolean reached = true;
    try {
      exchange(requests.get(number), reader);
      sample = reader.ended(System.nanoTime());
      if (sample.end() == Sample.End.SUCCESSFUL && !load.right().test(number, reader.text())) {
        sample = Sample.without(Sample.End.FAILED, "wrong answer", sample.whole());
      }
    } catch (SocketTimeoutException e) {
      sample = reader.broken("timeout", since(due));
    } catch (ConnectException
        | NoRouteToHostException
        | UnknownHostException
        | SSLHandshakeException e) {
      // It fails at once, and so would thousands more in a second.
      reached = false;
      sample = reader.broken(e.getClass().getSimpleName(), since(due));
      tally.unreached(due);
    } catch (IOException | NumberFormatException e) {
      sample = reader.broken(e.getClass().getSimpleName(), since(due));
    }
    tally.ends(due, sample);
    return reached;
  }

  private void exchange(byte[] request, AnswerReader reader) throws IOException {
    long until = System.nanoTime() + load.patience().toNanos();
    Connection connection = idle.pollFirst();
    boolean used = connection != null;
    if (connection == null) {
      connection = Connection.open(load.address(), load.patience());
    }
    try {
      connection.exchange(request, until, reader);
    } catch (SocketTimeoutException e) {
      drop(connection);
      throw e;
    } catch (IOException e) {
      drop(connection);
      // A service may close a connection that was idle; nothing of the answer is known then.
      if (!used || reader.begun()) {
        throw e;
      }
      connection = Connection.open(load.address(), load.patience());
      try {
        connection.exchange(request, until, reader);
      } catch (IOException again) {
        drop(connection);
        throw again;
      }
    }
    if (connection.reusable()) {
      idle.addFirst(connection);
    } else {
      drop(connection);
    }
  }

  private static Duration since(long due) {
    return Duration.ofNanos(System.nanoTime() - due);
  }

  private static void drop(Connection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // It is not used again either way.
    }
  }

  private static byte[] request(Load load, byte[] body) {
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(load.address().path()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(load.address().authority()).append("\r\n");
    head.append("Content-Type: application/json\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    load.headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream whole = new ByteArrayOutputStream(start.length + body.length);
    whole.writeBytes(start);
    whole.writeBytes(body);
    return whole.toByteArray();
  }
}
