package dev.slipway.endpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a streamed answer into its payloads: the data of server-sent events, or JSON lines.
 *
 * <p>Bytes may come cut anywhere, within a line end or a character too: only whole lines are
 * decoded. The two forms need no switch, since no field of an event starts with a brace. Not
 * thread-safe.
 */
final class EventLines {
  /** Longer than any event of a model: a stream without line ends must not fill the memory. */
  private static final int MAX_PAYLOAD_BYTES = 8 << 20;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private @Nullable StringBuilder data;
  private boolean afterReturn;
  private boolean first = true;

  /**
   * Takes the next bytes.
   *
   * @param payloads hears each payload that they complete, in order
   * @throws TooLong if a payload has no end in sight
   */
  void take(byte[] bytes, Consumer<String> payloads) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == '\n' && afterReturn) {
        // The second half of a line end whose first half has ended the line.
        start = i + 1;
      } else if (b == '\n' || b == '\r') {
        append(bytes, start, i);
        start = i + 1;
        endLine(payloads);
      }
      afterReturn = b == '\r';
    }
    append(bytes, start, bytes.length);
  }

  /** Ends the stream and returns what was begun and not ended by a line end of its own. */
  Optional<String> end() {
    StringBuilder rest = new StringBuilder();
    endLine(rest::append);
    dispatch(rest::append);
    return rest.isEmpty() ? Optional.empty() : Optional.of(rest.toString());
  }

  private void append(byte[] bytes, int from, int to) {
    if (line.size() + (to - from) > MAX_PAYLOAD_BYTES) {
      throw new TooLong();
    }
    line.write(bytes, from, to - from);
  }

  private void endLine(Consumer<String> payloads) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (first && !text.isEmpty()) {
      first = false;
      text = text.charAt(0) == '\uFEFF' ? text.substring(1) : text;
    }
    if (text.isEmpty()) {
      dispatch(payloads);
    } else if (text.charAt(0) == '{' || text.charAt(0) == '[') {
      payloads.accept(text);
    } else if (text.startsWith("data:")) {
      addData(text.startsWith(" ", 5) ? text.substring(6) : text.substring(5));
    } else if (text.equals("data")) {
      addData("");
    }
    // Comments, event, id and retry say nothing that a payload doesn't.
  }

  private void addData(String value) {
    StringBuilder event = data;
    if (event == null) {
      data = new StringBuilder(value);
      return;
    }
    if (event.length() + value.length() > MAX_PAYLOAD_BYTES) {
      throw new TooLong();
    }
    event.append('\n').append(value);
  }

  private void dispatch(Consumer<String> payloads) {
    StringBuilder event = data;
    data = null;
    if (event != null && !event.isEmpty()) {
      payloads.accept(event.toString());
    }
  }

  /** Says that a payload is longer than anything that a model sends. */
  static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLong() {
      super("a payload of more than " + MAX_PAYLOAD_BYTES + " bytes");
    }
  }
}
