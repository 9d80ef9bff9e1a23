package dev.slipway.local.loopback;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the caller of a request is still there while its answer is being made.
 *
 * <p>Helidon runs the listener and the handler of a request on the same thread, so the connection
 * is kept per thread. Its blocking socket can look for the end of the stream while it is idle; the
 * NIO one can't, which is why {@link LoopbackServer} asks for the blocking one.
 */
public final class CallerWatch {
  private final ThreadLocal<@Nullable HelidonSocket> current = new ThreadLocal<>();

  /** One caller. Thread-safe. */
  public interface Caller {
    /**
     * Returns whether the caller has closed its connection, or its half of it. The first call
     * starts looking, so the truth shows in a later one, about 0.1 s after the caller went.
     */
    boolean gone();
  }

  /** Returns the caller of the request that this thread is answering, its body read already. */
  public Caller caller() {
    HelidonSocket socket = current.get();
    if (socket == null) {
      return () -> false;
    }
    return new Caller() {
      private boolean looking;

      @Override
      public synchronized boolean gone() {
        if (!looking) {
          looking = true;
          socket.idle();
        }
        return !socket.isConnected();
      }
    };
  }

  Http1ConnectionListener listener() {
    return new Http1ConnectionListener() {
      @Override
      public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        current.set(connection.serverSocket());
      }
    };
  }
}
