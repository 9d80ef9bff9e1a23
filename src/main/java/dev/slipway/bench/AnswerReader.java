package dev.slipway.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one answer of {@code /rag} or {@code /v1/chat/completions}, in one piece or as server-sent
 * events, and notes when each piece of text came. Not thread-safe.
 */
final class AnswerReader implements Connection.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final long due;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(512);
  private final StringBuilder text = new StringBuilder();
  private final List<Duration> gaps = new ArrayList<>();
  private int status;
  private boolean events;
  private String event = "";
  private int pieces;
  private int counted;
  private long first;
  private long last;
  private boolean done;
  private String trouble = "";

  /** Makes one for a request that was due then, by {@link System#nanoTime}. */
  AnswerReader(long due) {
    this.due = due;
  }

  @Override
  public void head(int status, String contentType) {
    this.status = status;
    this.events = contentType.startsWith("text/event-stream");
  }

  @Override
  public void body(byte[] bytes, int from, int length, long arrived) {
    if (!events || status != 200) {
      pending.write(bytes, from, length);
      return;
    }
    int start = from;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        pending.write(bytes, start, i - start);
        start = i + 1;
        line(pending.toString(StandardCharsets.UTF_8), arrived);
        pending.reset();
      }
    }
    pending.write(bytes, start, from + length - start);
  }

  private void line(String line, long arrived) {
    if (line.startsWith("event:")) {
      event = line.substring("event:".length()).strip();
    } else if (line.startsWith("data:")) {
      data(line.substring("data:".length()).strip(), arrived);
    } else if (line.isBlank()) {
      event = "";
    }
  }

  private void data(String data, long arrived) {
    if (data.equals("[DONE]")) {
      done = true;
      return;
    }
    JsonNode json;
    try {
      json = JSON.readTree(data);
    } catch (JsonProcessingException e) {
      trouble = "an event that is no JSON";
      return;
    }
    if (event.equals("error") || json.has("error")) {
      trouble = "error event";
    } else if (event.equals("token")) {
      piece(json.path("text").asText(), arrived);
    } else if (event.isEmpty()) {
      piece(json.path("choices").path(0).path("delta").path("content").asText(""), arrived);
    }
    done |= event.equals("done");
    usage(json);
  }

  private void piece(String piece, long arrived) {
    if (piece.isEmpty()) {
      return;
    }
    text.append(piece);
    if (pieces++ == 0) {
      first = arrived;
    } else {
      gaps.add(Duration.ofNanos(arrived - last));
    }
    last = arrived;
  }

  private void usage(JsonNode json) {
    counted = json.path("usage").path("completion_tokens").asInt(counted);
  }

  /** Returns whether anything of the answer has come. */
  boolean begun() {
    return status != 0;
  }

  /** Returns the text of the answer, once it has ended. */
  String text() {
    return text.toString();
  }

  /** Returns what came of the request whose answer has ended at that time. */
  Sample ended(long end) {
    Duration whole = Duration.ofNanos(end - due);
    if (status == 429 || status == 503) {
      return Sample.without(Sample.End.REFUSED, Integer.toString(status), whole);
    }
    if (status != 200) {
      return Sample.without(Sample.End.FAILED, Integer.toString(status), whole);
    }
    if (!events) {
      return inOnePiece(whole);
    }
    if (!trouble.isEmpty() || !done) {
      return broken(trouble.isEmpty() ? "no end" : trouble, whole);
    }
    return new Sample(
        Sample.End.SUCCESSFUL,
        "200",
        pieces == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(first - due)),
        whole,
        counted > 0 ? counted : pieces,
        gaps);
  }

  private Sample inOnePiece(Duration whole) {
    try {
      JsonNode json = JSON.readTree(pending.toByteArray());
      usage(json);
      text.append(
          json.path("answer")
              .asText(json.path("choices").path(0).path("message").path("content").asText()));
    } catch (IOException e) {
      return Sample.without(Sample.End.FAILED, "an answer that is no JSON", whole);
    }
    return new Sample(Sample.End.SUCCESSFUL, "200", Optional.empty(), whole, counted, List.of());
  }

  /** Returns what came of a request whose answer broke off, for the reason given. */
  Sample broken(String why, Duration whole) {
    return Sample.without(
        pieces > 0 || (status == 200 && events) ? Sample.End.INCOMPLETE : Sample.End.FAILED,
        why,
        whole);
  }
}
