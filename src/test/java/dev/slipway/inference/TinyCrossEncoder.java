package dev.slipway.inference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes a cross-encoder small enough to read: an ONNX model, put together byte by byte, whose
 * score is how many pairs of equal tokens the question and the passage have. Its tokenizer is
 * bge-small's.
 */
public final class TinyCrossEncoder {
  private static final int INT64 = 7;
  private static final int FLOAT = 1;

  private TinyCrossEncoder() {}

  /** Writes the model to where exporters put it below a folder, and the tokenizer beside. */
  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("onnx"));
    Files.write(folder.resolve("onnx/model.onnx"), model());
    try (InputStream tokenizer =
        Objects.requireNonNull(
            TinyCrossEncoder.class.getResourceAsStream("/bge-small-en-v1.5-q-tokenizer.json"))) {
      Files.write(folder.resolve("tokenizer.json"), tokenizer.readAllBytes());
    }
    return folder;
  }

  /** Returns a model of the inputs that BERT's have, and one score for each pair. */
  static byte[] model() {
    Message graph = new Message();
    graph.text(2, "overlap");
    graph.bytes(5, integers("one", 1).toBytes());
    graph.bytes(5, integers("two", 2).toBytes());
    graph.bytes(5, integers("both", 1, 2).toBytes());
    graph.bytes(5, unit().toBytes());
    for (String input : List.of("input_ids", "attention_mask", "token_type_ids")) {
      graph.bytes(11, value(input, INT64).toBytes());
    }
    graph.bytes(12, value("logits", FLOAT).toBytes());
    node(graph, "Unsqueeze", "rows", -1, "input_ids", "two");
    node(graph, "Unsqueeze", "columns", -1, "input_ids", "one");
    node(graph, "Equal", "equal", -1, "rows", "columns");
    node(graph, "Cast", "equals", FLOAT, "equal");
    node(graph, "Cast", "passage", FLOAT, "token_type_ids");
    node(graph, "Sub", "question", -1, "unit", "passage");
    node(graph, "Unsqueeze", "questionRows", -1, "question", "two");
    node(graph, "Unsqueeze", "passageColumns", -1, "passage", "one");
    node(graph, "Mul", "ofQuestion", -1, "equals", "questionRows");
    node(graph, "Mul", "ofBoth", -1, "ofQuestion", "passageColumns");
    node(graph, "ReduceSum", "logits", 0, "ofBoth", "both");
    Message model = new Message();
    model.number(1, 8);
    model.bytes(7, graph.toBytes());
    Message operators = new Message();
    operators.text(1, "");
    operators.number(2, 13);
    model.bytes(8, operators.toBytes());
    return model.toBytes();
  }

  private static void node(
      Message graph, String operator, String output, int attribute, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    node.text(2, output);
    node.text(4, operator);
    if (attribute >= 0) {
      Message named = new Message();
      named.text(1, operator.equals("Cast") ? "to" : "keepdims");
      named.number(3, attribute);
      named.number(20, 2);
      node.bytes(5, named.toBytes());
    }
    graph.bytes(1, node.toBytes());
  }

  private static Message integers(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      raw.putLong(value);
    }
    Message tensor = new Message();
    tensor.number(1, values.length);
    tensor.number(2, INT64);
    tensor.text(8, name);
    tensor.bytes(9, raw.array());
    return tensor;
  }

  private static Message unit() {
    Message tensor = new Message();
    tensor.number(2, FLOAT);
    tensor.text(8, "unit");
    tensor.bytes(9, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.0f).array());
    return tensor;
  }

  private static Message value(String name, int type) {
    Message shape = new Message();
    for (String dimension : type == INT64 ? List.of("batch", "sequence") : List.of("batch")) {
      Message named = new Message();
      named.text(2, dimension);
      shape.bytes(1, named.toBytes());
    }
    Message tensor = new Message();
    tensor.number(1, type);
    tensor.bytes(2, shape.toBytes());
    Message any = new Message();
    any.bytes(1, tensor.toBytes());
    Message value = new Message();
    value.text(1, name);
    value.bytes(2, any.toBytes());
    return value;
  }

  /** A message of protocol buffers: numbers as varints, all else with its length before it. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void number(int field, long value) {
      varint((long) field << 3);
      varint(value);
    }

    void text(int field, String value) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(int field, byte[] value) {
      varint(((long) field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
    }

    byte[] toBytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long left = value;
      while (left > 0x7F) {
        out.write((int) ((left & 0x7F) | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }
}
