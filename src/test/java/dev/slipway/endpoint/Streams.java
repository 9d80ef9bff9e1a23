package dev.slipway.endpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Writes what containers send, for tests. */
public final class Streams {
  private static final JsonMapper JSON = new JsonMapper();

  private Streams() {}

  /** Returns a {@code chat.completion} of this text. */
  public static byte[] completion(String text) {
    ObjectNode node = JSON.createObjectNode().put("object", "chat.completion");
    ObjectNode choice = node.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", text);
    choice.put("finish_reason", "stop");
    node.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3);
    return bytes(node.toString());
  }

  /** Returns one {@code chat.completion.chunk} event. */
  public static String chunk(String text) {
    ObjectNode node = JSON.createObjectNode().put("object", "chat.completion.chunk");
    node.putArray("choices").addObject().put("index", 0).putObject("delta").put("content", text);
    return "data: " + node + "\n\n";
  }

  /** Returns the events that end a good stream, as vLLM sends them. */
  public static String ending() {
    return """
        data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}

        data: [DONE]

        """;
  }

  /** Returns a whole stream of vLLM's, one event for each piece. */
  public static byte[] stream(String... pieces) {
    StringBuilder events = new StringBuilder();
    events.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n");
    for (String piece : pieces) {
      events.append(chunk(piece));
    }
    return bytes(events.append(ending()).toString());
  }

  /** Returns the bytes of a text. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Cuts bytes into parts of 1 to {@code longest}, some of them empty. */
  public static byte[][] cut(byte[] whole, int longest, Random random) {
    List<byte[]> parts = new ArrayList<>();
    int at = 0;
    while (at < whole.length) {
      int length = Math.min(whole.length - at, random.nextInt(longest + 1));
      parts.add(Arrays.copyOfRange(whole, at, at + length));
      at += length;
    }
    return parts.toArray(byte[][]::new);
  }
}
