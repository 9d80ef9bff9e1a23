package dev.slipway.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the benches of the service have in common: their load, their sums, how they write. */
final class Drive {
  static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Questions that differ, so that an answer to another one shows. */
  private static final int QUESTIONS = 256;

  private Drive() {}

  /** Returns a load of chats that each check their answer, every token of it. */
  static Load chats(
      int port,
      Map<String, String> headers,
      StubModel.Pacing pacing,
      boolean stream,
      Pace pace,
      OptionalLong requests,
      Duration time,
      Optional<Objectives> objectives) {
    List<String> questions = IntStream.range(0, QUESTIONS).mapToObj(i -> "q" + i).toList();
    return new Load(
        new Address(false, "127.0.0.1", port, "/v1/chat/completions"),
        headers,
        questions.stream().map(question -> body(question, stream)).toList(),
        pace,
        requests,
        time,
        Duration.ZERO,
        Duration.ofSeconds(60),
        objectives,
        (number, text) -> text.equals(StubModel.answer(questions.get(number), pacing.tokens())));
  }

  private static byte[] body(String question, boolean stream) {
    ObjectNode body = JSON.createObjectNode().put("model", "bench").put("temperature", 0.2);
    body.putArray("messages")
        .add(
            JSON.createObjectNode()
                .put("role", "system")
                .put("content", "Answer in one sentence, and say where it is from."))
        .add(JSON.createObjectNode().put("role", "user").put("content", question));
    return body.put("stream", stream).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a report in which every answer was the right one. */
  static LoadReport whole(String what, LoadReport report) {
    if (report.failed() + report.incomplete() > 0 || report.successful() == 0) {
      throw new IllegalStateException(what + " did not answer everything: " + report.notes());
    }
    return report;
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** Returns the median with the least and the most. */
  static String spread(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return number(median(values))
        + " ("
        + number(sorted[0])
        + " to "
        + number(sorted[sorted.length - 1])
        + ")";
  }

  static String number(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size < 10 ? "%.3f" : size < 100 ? "%.1f" : "%.0f", value);
  }

  static void row(String name, String... cells) {
    System.out.printf(Locale.ROOT, "%-34s", name);
    Arrays.stream(cells).forEach(cell -> System.out.printf(Locale.ROOT, "%26s", cell));
    System.out.println();
  }

  static void write(Path json, Object document) throws IOException {
    JSON.writeValue(json.toFile(), document);
    System.out.println("\nJSON: " + json);
  }

  /** Says what the machine does besides. */
  static String machineLoad() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ")[0]
        + " on "
        + Runtime.getRuntime().availableProcessors()
        + " cores";
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
    }
  }
}
