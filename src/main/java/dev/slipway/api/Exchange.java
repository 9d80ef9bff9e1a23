package dev.slipway.api;

import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One request and its answer, as the server has them. Used by one thread. */
final class Exchange {
  /** How much of a refused body is read, so that its sender gets to read the refusal. */
  private static final int DRAIN_BYTES = 8 << 20;

  private static final Duration DRAIN_TIME = Duration.ofSeconds(2);

  private final ServerRequest request;
  private final ServerResponse response;
  private final Watchdog watchdog;
  private final EventStream events;
  private Optional<InputStream> body = Optional.empty();
  private int status;

  Exchange(ServerRequest request, ServerResponse response, Watchdog watchdog) {
    this.request = request;
    this.response = response;
    this.watchdog = watchdog;
    this.events = new EventStream(response);
  }

  String method() {
    return request.prologue().method().text();
  }

  /** Returns the path, decoded, without the query. */
  String path() {
    return request.prologue().uriPath().path();
  }

  /** Returns the values of the query; of a name given twice, the last. */
  Map<String, String> query() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : request.prologue().query().rawValue().split("&", 1000)) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        values.put(
            decoded(equals < 0 ? pair : pair.substring(0, equals)),
            equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return values;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Rejected(Problem.badRequest("The query is not percent-encoded UTF-8."));
    }
  }

  Optional<String> header(String name) {
    HeaderName header = HeaderNames.create(name);
    return request.headers().contains(header)
        ? Optional.of(request.headers().get(header).get())
        : Optional.empty();
  }

  /** Returns the address that the request came from. */
  Optional<InetAddress> remote() {
    return request.remotePeer().address() instanceof InetSocketAddress address
        ? Optional.ofNullable(address.getAddress())
        : Optional.empty();
  }

  /** Returns the status that was sent; 0 before that. */
  int status() {
    return status;
  }

  EventStream events() {
    return events;
  }

  /** Sets a header of whatever is sent. */
  void set(String name, String value) {
    response.header(name, value);
  }

  /** Sets a header of whatever is sent. */
  void set(Header header) {
    response.header(header);
  }

  /**
   * Reads the whole body.
   *
   * @throws Rejected if it is too large, or its framing is wrong
   * @throws ClientGone if it doesn't come whole
   */
  byte[] body(long limit) {
    OptionalLong length = request.headers().contentLength();
    if (length.isPresent() && length.getAsLong() > limit) {
      throw new Rejected(Problem.tooLarge(limit));
    }
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      InputStream in = stream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        if (out.size() > limit) {
          throw new Rejected(Problem.tooLarge(limit));
        }
      }
      return out.toByteArray();
    } catch (RequestException | NumberFormatException e) {
      // The length of a chunk that is no number comes as it is.
      throw new Rejected(Problem.badRequest("The body's framing is not HTTP."));
    } catch (Rejected e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ClientGone(e);
    }
  }

  /**
   * Sends a whole answer; to HEAD, its headers only.
   *
   * @param contentType empty for an answer without a body
   */
  void send(int code, String contentType, byte[] body, Map<String, String> headers) {
    boolean draining = prepareToLeaveBody();
    headers.forEach(response::header);
    response.status(code);
    try {
      if (contentType.isEmpty()) {
        response.send();
      } else {
        response.header("Content-Type", contentType);
        if (method().equals("HEAD")) {
          response.header("Content-Length", Integer.toString(body.length));
          response.send();
        } else {
          response.send(body);
        }
      }
    } catch (UncheckedIOException | SocketWriterException | CloseConnectionException e) {
      throw new ClientGone(e);
    }
    status = code;
    if (draining) {
      drain();
    }
  }

  /** Returns the body, which the server gives out once only. */
  private InputStream stream() {
    InputStream in = body.orElseGet(() -> request.content().inputStream());
    body = Optional.of(in);
    return in;
  }

  /** Notes that events are being sent. */
  void streaming() {
    status = 200;
  }

  /**
   * Decides what becomes of a body that nobody has read. A short one is left to the server, which
   * reads over it and keeps the connection; after any other the connection is closed.
   *
   * @return whether some of it is to be read first
   */
  private boolean prepareToLeaveBody() {
    if (!request.content().hasEntity() || request.content().consumed()) {
      return false;
    }
    boolean waits = header("Expect").isPresent();
    OptionalLong length = request.headers().contentLength();
    if (!waits && length.isPresent() && length.getAsLong() <= 65_536) {
      return false;
    }
    response.header("Connection", "close");
    return !waits;
  }

  /** Reads over the rest: closing on a client that still sends would cost it the answer. */
  private void drain() {
    try (Watchdog.Leash _ = watchdog.leash(DRAIN_TIME)) {
      InputStream in = stream();
      byte[] buffer = new byte[65_536];
      int left = DRAIN_BYTES;
      for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
        left -= read;
      }
    } catch (IOException | RuntimeException e) {
      // The answer is sent; what becomes of the rest is the client's affair.
      return;
    }
  }
}
