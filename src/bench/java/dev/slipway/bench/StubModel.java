package dev.slipway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * A model that costs nothing: it speaks SageMaker Runtime and OpenAI's protocol, and sends the
 * tokens of its answer at a set pace. The tokens of an answer name its question and their place, so
 * that a lost, doubled or mixed one shows.
 */
final class StubModel implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, HeaderValue> PART =
      Map.of(
          ":message-type", HeaderValue.fromString("event"),
          ":event-type", HeaderValue.fromString("PayloadPart"),
          ":content-type", HeaderValue.fromString("application/octet-stream"));

  private final ServerSocket listening;
  private final Pacing pacing;

  /**
   * How an answer comes.
   *
   * @param tokens how many it has
   * @param first how long the first takes
   * @param gap how long each further one takes
   */
  record Pacing(int tokens, Duration first, Duration gap) {}

  private StubModel(ServerSocket listening, Pacing pacing) {
    this.listening = listening;
    this.pacing = pacing;
  }

  static StubModel start(Pacing pacing) throws IOException {
    ServerSocket listening = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    StubModel stub = new StubModel(listening, pacing);
    Thread.ofVirtual().name("stub").start(stub::accept);
    return stub;
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Returns the answer to a question. */
  static String answer(String question, int tokens) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < tokens; i++) {
      all.append(token(question, i));
    }
    return all.toString();
  }

  private static String token(String question, int place) {
    return (place == 0 ? "" : " ") + question + "-" + place;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().name("stub-connection").start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // That is how it ends.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
      OutputStream out = socket.getOutputStream();
      while (true) {
        String request = line(in);
        if (request.isEmpty()) {
          return;
        }
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring("content-length:".length()).strip());
          }
        }
        answer(request.split(" ")[1], JSON.readTree(in.readNBytes(length)), out);
      }
    } catch (IOException | UncheckedIOException gone) {
      // The caller hung up.
    }
  }

  private void answer(String path, JsonNode body, OutputStream out) throws IOException {
    long began = System.nanoTime();
    JsonNode messages = body.path("messages");
    String question = messages.path(messages.size() - 1).path("content").asText();
    boolean framed = path.endsWith("/invocations-response-stream");
    if (!framed && !body.path("stream").asBoolean()) {
      until(began + at(pacing.tokens() - 1));
      byte[] whole = whole(question);
      out.write(head("application/json", "Content-Length: " + whole.length + "\r\n\r\n"));
      out.write(whole);
      out.flush();
      return;
    }
    String type = framed ? "application/vnd.amazon.eventstream" : "text/event-stream";
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    first.writeBytes(head(type, "Transfer-Encoding: chunked\r\n\r\n"));
    first.writeTo(out);
    out.flush();
    for (int i = 0; i < pacing.tokens(); i++) {
      until(began + at(i));
      chunk(out, event(token(question, i), ""), framed);
    }
    chunk(out, event("", "stop") + usage() + "data: [DONE]\n\n", framed);
    out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private long at(int token) {
    return pacing.first().toNanos() + token * pacing.gap().toNanos();
  }

  private static void until(long moment) {
    for (long wait = moment - System.nanoTime(); wait > 0; wait = moment - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }

  private static byte[] head(String type, String rest) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n" + rest)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void chunk(OutputStream out, String events, boolean framed) throws IOException {
    byte[] bytes = events.getBytes(StandardCharsets.UTF_8);
    byte[] payload = framed ? new Message(PART, bytes).toByteBuffer().array() : bytes;
    ByteArrayOutputStream chunk = new ByteArrayOutputStream(payload.length + 16);
    chunk.writeBytes(
        (Integer.toHexString(payload.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    chunk.writeBytes(payload);
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    chunk.writeTo(out);
    out.flush();
  }

  private static String event(String text, String finish) {
    ObjectNode event = JSON.createObjectNode();
    event.put("id", "chatcmpl-1").put("object", "chat.completion.chunk").put("created", 1);
    ObjectNode choice = event.put("model", "stub").putArray("choices").addObject();
    choice.put("index", 0).putObject("delta").put("content", text);
    if (finish.isEmpty()) {
      choice.putNull("finish_reason");
    } else {
      choice.put("finish_reason", finish);
    }
    return "data: " + event + "\n\n";
  }

  private String usage() {
    ObjectNode event = JSON.createObjectNode();
    event.put("id", "chatcmpl-1").put("object", "chat.completion.chunk").put("created", 1);
    event.put("model", "stub").putArray("choices");
    event.set("usage", usageNode());
    return "data: " + event + "\n\n";
  }

  private ObjectNode usageNode() {
    return JSON.createObjectNode()
        .put("prompt_tokens", 5)
        .put("completion_tokens", pacing.tokens())
        .put("total_tokens", 5 + pacing.tokens());
  }

  private byte[] whole(String question) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("id", "chatcmpl-1").put("object", "chat.completion").put("created", 1);
    ObjectNode choice = answer.put("model", "stub").putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop");
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", answer(question, pacing.tokens()));
    answer.set("usage", usageNode());
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a line without its end; empty at the end of the stream too. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
