package dev.slipway.local.container;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether the client of a request is still connected while its answer is being made. Helidon
 * runs a connection's requests on one virtual thread and tells a receive listener of each before it
 * routes it: the socket is kept for that thread. Thread-safe.
 */
public final class ClientPresence implements Http1ConnectionListener {
  @SuppressWarnings("ThreadLocalUsage") // one of these a server, and both live as long
  private final ThreadLocal<@Nullable HelidonSocket> socket = new ThreadLocal<>();

  /** Makes a listener to be added to an HTTP/1 connection selector's configuration. */
  public ClientPresence() {}

  @Override
  public void headers(ConnectionContext context, Headers headers) {
    socket.set(context.serverSocket());
  }

  /**
   * Starts to watch the connection of the request that this thread handles. Call it once the body
   * was read: from then on the socket is read in the background until the next request.
   *
   * @return whether the client is still there; may be called on any thread
   */
  public BooleanSupplier watch() {
    HelidonSocket connection = socket.get();
    if (connection == null) {
      return () -> true;
    }
    connection.idle();
    return connection::isConnected;
  }
}
