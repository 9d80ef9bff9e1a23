package dev.slipway.local.container;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether the client of a request is still connected while its answer is being made: reads on
 * from the connection beside the handler, until its end. Thread-safe.
 *
 * <p>Helidon runs a connection's requests on one virtual thread and tells a receive listener of
 * each before it routes it: the reader is kept for that thread. Its own watch over idle connections
 * can't be used: without a read timeout, which it never sets on what it accepts, it takes any
 * connection for closed after 101 ms.
 */
public final class ClientPresence implements Http1ConnectionListener {
  @SuppressWarnings("ThreadLocalUsage") // one of these a server, and both live as long
  private final ThreadLocal<@Nullable DataReader> reader = new ThreadLocal<>();

  /** Makes a watch for one server; {@link #addTo} joins them. */
  public ClientPresence() {}

  /** Sets a server up so that its connections can be watched; it speaks HTTP/1.1 only. */
  public void addTo(WebServerConfig.Builder server) {
    Http1Config http = Http1Config.builder().addReceiveListener(this).build();
    server.connectionSelectors(List.of(Http1ConnectionSelector.builder().config(http).build()));
  }

  @Override
  public void headers(ConnectionContext context, Headers headers) {
    reader.set(context.dataReader());
  }

  /**
   * Starts to watch the connection of the request that this thread handles. Call it once the body
   * was read whole, and before the response is begun: the connection is closed after it, since what
   * reads from it can't be called back.
   *
   * @return whether the client is still there; may be called on any thread
   */
  public BooleanSupplier watch(ServerResponse response) {
    DataReader connection = reader.get();
    if (connection == null) {
      return () -> true;
    }
    response.header(HeaderValues.CONNECTION_CLOSE);
    AtomicBoolean gone = new AtomicBoolean();
    Thread.ofVirtual()
        .name("client-presence")
        .start(
            () -> {
              try {
                connection.pullData(); // returns only if another request is sent ahead
              } catch (RuntimeException e) {
                gone.set(true);
              }
            });
    return () -> !gone.get();
  }
}
