package dev.slipway.local.loopback;

import dev.slipway.failure.OperationFailed;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.encoding.ContentEncodingContextConfig;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Listens on 127.0.0.1 and hands every request, whatever its path, to one protocol.
 *
 * <p>Helidon's own router is passed by: it decodes and normalises paths, and both protocols spoken
 * here need them as they were sent ({@code ..} is a legal S3 key).
 */
public final class LoopbackServer implements AutoCloseable {
  /** Room for a 1,024-byte key, percent-encoded, beside a presigned query. */
  private static final int LONGEST_REQUEST_LINE_BYTES = 16 * 1024;

  /** Room for 2 KB of user metadata, percent-encoded, and a session token. */
  private static final int LONGEST_HEADERS_BYTES = 64 * 1024;

  /** Reading so much costs less than a new connection; more is cut off. */
  private static final long DRAINED_BYTES = 64L << 20;

  /** What a server says. */
  public interface Protocol {
    /** Answers one request; whatever can go wrong is an answer too. */
    void answer(ServerRequest request, RoutingResponse response, CallerWatch.Caller caller);

    /** Returns the headers and the body that refuse bytes which are not HTTP. */
    DirectHandler unreadable();
  }

  private final WebServer server;

  private LoopbackServer(WebServer server) {
    this.server = server;
  }

  /**
   * Starts listening.
   *
   * @param what the server is, for messages
   * @param port to listen on; 0 takes a free one
   * @throws OperationFailed {@code port_in_use} if another process, or server, has the port
   */
  public static LoopbackServer start(String what, int port, Protocol protocol) {
    checkFree(what, port);
    CallerWatch watch = new CallerWatch();
    WebServer server =
        WebServer.builder()
            .bindAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .addProtocol(
                Http1Config.builder()
                    .maxPrologueLength(LONGEST_REQUEST_LINE_BYTES)
                    .maxHeadersSize(LONGEST_HEADERS_BYTES)
                    .validatePath(false)
                    .validatePrologue(false)
                    .addReceiveListener(watch.listener())
                    .build())
            .writeBufferSize(0)
            .contentEncoding(new AsSent())
            .connectionOptions(
                SocketOptions.builder().tcpNoDelay(true).socketReuseAddress(true).build())
            .directHandlers(handlers(protocol.unreadable()))
            .routing(
                routing ->
                    routing.addFilter(
                        (chain, request, response) -> {
                          answer(protocol, request, response, watch.caller(response));
                        }))
            .build();
    server.start();
    if (!server.isRunning()) {
      throw cannotListen(what, port, null);
    }
    return new LoopbackServer(server);
  }

  private static void answer(
      Protocol protocol,
      ServerRequest request,
      RoutingResponse response,
      CallerWatch.Caller caller) {
    protocol.answer(request, response, caller);
    response.commit();
    if (response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      // Helidon says that it closes the connection, and then reads on from it.
      if (!request.content().consumed() && isSoonRead(request)) {
        // What is left unread would reset the connection before the answer has been read.
        request.content().consume();
      }
      throw new CloseConnectionException("The answer was the last one");
    }
  }

  /** Returns where it listens, with no slash at the end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /**
   * Prepares an answer that may go out before the request's body was read: the connection is closed
   * after it where reading the rest would take long, or would wait for a client that waits for
   * leave to send.
   */
  public static void leaveBodyUnread(ServerRequest request, ServerResponse response) {
    if (request.content().consumed() || !request.content().hasEntity()) {
      return;
    }
    if (!isSoonRead(request)) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
  }

  /** Returns whether the rest of the body is on its way, and short. */
  private static boolean isSoonRead(ServerRequest request) {
    boolean waiting =
        request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
    return !waiting
        && request
            .headers()
            .first(HeaderNames.CONTENT_LENGTH)
            .filter(length -> Long.parseLong(length) <= DRAINED_BYTES)
            .isPresent();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static DirectHandlers handlers(DirectHandler handler) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, handler);
    }
    return handlers.build();
  }

  /** Asks first, because Helidon tells its own log why it can't listen, and nobody else. */
  private static void checkFree(String what, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    } catch (BindException e) {
      throw new OperationFailed(
          "port_in_use",
          "Cannot start " + what,
          "port " + port + " on 127.0.0.1 is in use by another process",
          "Stop that process, or choose another port.",
          true,
          e);
    } catch (IOException e) {
      throw cannotListen(what, port, e);
    }
  }

  private static OperationFailed cannotListen(String what, int port, @Nullable IOException cause) {
    return new OperationFailed(
        "cannot_listen",
        "Cannot start " + what,
        "listening on 127.0.0.1, port " + port + ", failed",
        "Try again, or choose another port.",
        true,
        cause);
  }

  /** Leaves bodies as they were sent: their encoding is the protocol's to undo, or the caller's. */
  private record AsSent() implements ContentEncodingContext {
    @Override
    public ContentEncodingContextConfig prototype() {
      return ContentEncodingContextConfig.builder()
          .contentEncodingsDiscoverServices(false)
          .buildPrototype();
    }

    @Override
    public boolean contentEncodingEnabled() {
      return false;
    }

    @Override
    public boolean contentDecodingEnabled() {
      return true;
    }

    @Override
    public boolean contentEncodingSupported(String encoding) {
      return false;
    }

    @Override
    public boolean contentDecodingSupported(String encoding) {
      return true;
    }

    @Override
    public ContentEncoder encoder(String encoding) {
      return ContentEncoder.NO_OP;
    }

    @Override
    public ContentDecoder decoder(String encoding) {
      return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder(Headers headers) {
      return ContentEncoder.NO_OP;
    }
  }
}
