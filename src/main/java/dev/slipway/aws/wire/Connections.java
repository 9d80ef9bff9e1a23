package dev.slipway.aws.wire;

import dev.slipway.endpoint.Deadline;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends requests to one target by HTTP/1.1, over connections that are used again. Thread-safe; each
 * caller waits for its answer, and an interrupt ends the wait.
 *
 * <p>The server may close a connection while it rests. So a request is sent a second time, on a new
 * connection, if the first was a used one and nothing of an answer came; never otherwise.
 */
public final class Connections implements AutoCloseable {
  /** Enough for the streams of one service to end all at once, and be followed by others. */
  static final int MAX_IDLE = 320;

  /** Servers and what lies between keep a silent connection about a minute. */
  private static final Duration MAX_REST = Duration.ofSeconds(50);

  /** After this a connection is looked at before it is used again. */
  private static final Duration TRUSTED = Duration.ofMillis(500);

  private final Target target;
  private final Timeouts timeouts;
  private final SSLSocketFactory tls;
  private final Expiry.Clock clock = new Expiry.Clock();

  /** The one used last comes first: the others grow old and are closed. */
  private final Deque<Connection> idle = new ArrayDeque<>();

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /**
   * How long is waited.
   *
   * @param connect for each address of the target
   * @param read for the next byte of an answer
   */
  public record Timeouts(Duration connect, Duration read) {}

  /**
   * Makes it; nothing is connected before the first request.
   *
   * @param tls trusts the certificates that it should
   */
  public Connections(Target target, Timeouts timeouts, SSLSocketFactory tls) {
    this.target = target;
    this.timeouts = timeouts;
    this.tls = tls;
  }

  /**
   * Sends a POST and waits for the head of its answer, whose body the caller reads and closes.
   *
   * @param path percent-encoded
   * @param headers all but the body's length
   * @param deadline until when the whole answer is of use; reading the body ends with it, too
   * @throws SocketTimeoutException if the time is over
   * @throws java.net.ConnectException if nothing answers at the target
   * @throws IOException if the connection fails
   * @throws InterruptedException if the caller is interrupted while it connects; while it reads or
   *     writes, the {@code IOException} is that of a closed channel, and the thread still says that
   *     it was interrupted
   */
  public Answer post(String path, List<Header> headers, byte[] body, Deadline deadline)
      throws IOException, InterruptedException {
    byte[] request = request(path, headers, body);
    Optional<Connection> used = rested();
    if (used.isPresent()) {
      try {
        return exchange(used.get(), request, deadline);
      } catch (IOException failed) {
        boolean again = !used.get().answered() && !(failed instanceof InterruptedIOException);
        if (!again || Thread.currentThread().isInterrupted() || deadline.over()) {
          throw failed;
        }
        // Whatever closed this one has closed its neighbours.
        forget();
      }
    }
    return exchange(connect(deadline), request, deadline);
  }

  private Answer exchange(Connection connection, byte[] request, Deadline deadline)
      throws IOException {
    boolean answers = false;
    try {
      connection.begin(deadline);
      Answer answer = new Answer(connection, this, head(connection, request));
      answers = true;
      return answer;
    } finally {
      if (!answers) {
        drop(connection);
      }
    }
  }

  /** Sends a request; a server that refuses it before it has all of it is heard, too. */
  private static Head head(Connection connection, byte[] request) throws IOException {
    try {
      connection.write(request);
    } catch (SocketTimeoutException over) {
      throw over;
    } catch (IOException unsent) {
      try {
        return Head.read(connection).last();
      } catch (IOException nothing) {
        throw unsent;
      }
    }
    return Head.read(connection);
  }

  private static byte[] request(String path, List<Header> headers, byte[] body) {
    StringBuilder head = new StringBuilder(1024).append("POST ").append(path);
    head.append(" HTTP/1.1\r\n");
    for (Header header : headers) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    head.append("content-length: ").append(body.length).append("\r\n\r\n");
    byte[] first = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[first.length + body.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    return all;
  }

  /** Connects on a thread of its own: looking a name up heeds neither interrupts nor deadlines. */
  private Connection connect(Deadline deadline) throws IOException, InterruptedException {
    CompletableFuture<Connection> connecting = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .name("slipway-connect")
            .start(
                () -> {
                  try {
                    Connection made = Connection.open(target, tls, timeouts, clock, deadline);
                    if (!connecting.complete(made)) {
                      made.close();
                    }
                  } catch (Throwable e) {
                    connecting.completeExceptionally(e);
                  }
                });
    boolean taken = false;
    try {
      Connection made = connecting.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      taken = true;
      return opened(made);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("the time was over while connecting");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IOException("connecting failed", e.getCause());
    } finally {
      if (!taken && !connecting.cancel(false)) {
        // It came as this gave up.
        var unused = connecting.thenAccept(Connection::close);
      }
      if (!taken) {
        thread.interrupt();
      }
    }
  }

  private Connection opened(Connection made) throws IOException {
    synchronized (idle) {
      if (!closed) {
        open.add(made);
        return made;
      }
    }
    made.close();
    throw new IOException("this client is closed");
  }

  private Optional<Connection> rested() {
    while (true) {
      Connection newest;
      synchronized (idle) {
        newest = idle.pollFirst();
      }
      if (newest == null) {
        return Optional.empty();
      }
      Duration rest = newest.idle();
      if (rest.compareTo(MAX_REST) < 0 && (rest.compareTo(TRUSTED) < 0 || newest.alive())) {
        return Optional.of(newest);
      }
      drop(newest);
    }
  }

  /** Takes a connection back whose answer was read to its end. */
  void keep(Connection connection) {
    connection.end();
    connection.rest();
    Optional<Connection> oldest = Optional.empty();
    synchronized (idle) {
      if (closed) {
        oldest = Optional.of(connection);
      } else {
        idle.addFirst(connection);
        Connection last = idle.peekLast();
        if (last != null && (idle.size() > MAX_IDLE || last.idle().compareTo(MAX_REST) > 0)) {
          oldest = Optional.of(last);
          idle.removeLast();
        }
      }
    }
    oldest.ifPresent(this::drop);
  }

  /** Closes a connection. */
  void drop(Connection connection) {
    open.remove(connection);
    connection.end();
    connection.close();
  }

  private void forget() {
    List<Connection> all;
    synchronized (idle) {
      all = List.copyOf(idle);
      idle.clear();
    }
    all.forEach(this::drop);
  }

  /** Closes every connection; who waits for an answer gets an error. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
    }
    forget();
    open.forEach(this::drop);
    clock.close();
  }
}
