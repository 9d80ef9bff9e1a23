package dev.slipway.api;

import io.helidon.common.socket.SocketWriterException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Sends server-sent events, each at once. The status and the headers leave with the first event, so
 * that what fails before it can still have its own status. Used by one thread.
 */
final class EventStream {
  private final ServerResponse response;
  private Optional<OutputStream> out = Optional.empty();

  EventStream(ServerResponse response) {
    this.response = response;
  }

  /** Returns whether anything was sent. */
  boolean begun() {
    return out.isPresent();
  }

  /** Sends one event with a name. */
  void send(String name, String data) {
    send("event: " + name + "\ndata: " + data + "\n\n");
  }

  /**
   * Sends one event, written as the protocol has it.
   *
   * @throws ClientGone if it can't be written
   */
  void send(String frame) {
    try {
      OutputStream stream = open();
      stream.write(frame.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException
        | UncheckedIOException
        | SocketWriterException
        | CloseConnectionException e) {
      throw new ClientGone(e);
    }
  }

  /** Ends the stream. */
  void end() {
    try {
      open().close();
    } catch (IOException
        | UncheckedIOException
        | SocketWriterException
        | CloseConnectionException e) {
      throw new ClientGone(e);
    }
  }

  private OutputStream open() {
    if (out.isEmpty()) {
      response
          .status(200)
          .header("Content-Type", "text/event-stream; charset=utf-8")
          .header("Cache-Control", "no-cache")
          // Says to nginx and its like that each event is to be passed on at once.
          .header("X-Accel-Buffering", "no");
      out = Optional.of(response.outputStream());
    }
    return out.get();
  }
}
