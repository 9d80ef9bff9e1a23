package dev.slipway.local.loopback;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the caller of a request is still there while its answer is being made.
 *
 * <p>Helidon runs the listener and the handler of a request on the same thread, so the connection
 * is kept per thread. The only way to learn that the other side has closed it is to read from it,
 * which can't be taken back: a connection that was watched is closed after its answer.
 *
 * <p>Helidon's own watch over idle connections can't be used: without a read timeout, which it
 * never sets on what it accepts, it takes any connection for closed after 101 ms.
 */
public final class CallerWatch {
  @SuppressWarnings("ThreadLocalUsage") // a server has one; a static would be state beyond its life
  private final ThreadLocal<@Nullable DataReader> current = new ThreadLocal<>();

  /** Makes a watch for one server; {@link #addTo} joins them. */
  public CallerWatch() {}

  /** Sets a server up so that its callers can be watched; it speaks HTTP/1.1 only. */
  public void addTo(WebServerConfig.Builder server) {
    server
        .protocolsDiscoverServices(false)
        .addProtocol(Http1Config.builder().addReceiveListener(listener()).build());
  }

  /** One caller of one request. Thread-safe. */
  public static final class Caller {
    private final @Nullable DataReader connection;
    private boolean watched;
    private boolean settled;
    private volatile boolean gone;

    private Caller(@Nullable DataReader connection) {
      this.connection = connection;
    }

    /** Returns a caller that never leaves. */
    public static Caller staying() {
      return new Caller(null);
    }

    /**
     * Returns whether the caller has closed its connection, or its half of it. The first call
     * begins to look, so the truth shows in a later one. Call it only when the request's body has
     * been read.
     */
    public boolean gone() {
      watch();
      return gone;
    }

    private synchronized void watch() {
      DataReader reader = connection;
      if (watched || settled || reader == null) {
        return;
      }
      watched = true;
      Thread.ofVirtual().name("slipway-caller-watch").start(() -> read(reader));
    }

    /** Ends with the connection, at the latest. */
    private void read(DataReader reader) {
      try {
        reader.ensureAvailable();
      } catch (RuntimeException e) {
        gone = true;
      }
    }

    /**
     * Says that the answer's head goes out now: from here on, writing tells whether the caller is
     * there.
     *
     * @return whether the connection was watched, and can't be used again
     */
    private synchronized boolean settle() {
      settled = true;
      return watched;
    }
  }

  /**
   * Returns the caller of the request that this thread is answering.
   *
   * @param response to that request; it says so where the connection can't be used again
   */
  public Caller caller(ServerResponse response) {
    Caller caller = new Caller(current.get());
    response.beforeSend(
        () -> {
          if (caller.settle()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
          }
        });
    return caller;
  }

  Http1ConnectionListener listener() {
    return new Http1ConnectionListener() {
      @Override
      public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        current.set(connection.dataReader());
      }
    };
  }
}
