package dev.slipway.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * Writes what a person or a script reads: data to standard output, progress and messages to
 * standard error.
 */
final class Console {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintWriter out;
  private final PrintWriter err;
  private final PrintStream raw;
  private final boolean terminal;
  private final boolean color;

  Console(PrintWriter out, PrintWriter err, Map<String, String> environment, boolean terminal) {
    this(out, err, System.out, environment, terminal);
  }

  Console(
      PrintWriter out,
      PrintWriter err,
      PrintStream raw,
      Map<String, String> environment,
      boolean terminal) {
    this.out = out;
    this.raw = raw;
    this.err = err;
    boolean ci = !environment.getOrDefault("CI", "").isEmpty();
    this.terminal = terminal && !ci && !environment.getOrDefault("TERM", "").equals("dumb");
    this.color = this.terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Returns whether a person looks on, so that lines may be overwritten and questions asked. */
  boolean terminal() {
    return terminal;
  }

  /** Returns standard output for bytes that aren't text; only for commands that write no other. */
  PrintStream raw() {
    return raw;
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  /** Writes one line of data. */
  void data(String line) {
    out.println(line);
    out.flush();
  }

  /** Writes one JSON document as data. */
  void json(Object document) {
    data(render(document));
  }

  /** Writes one line to a person; dated where nobody looks on. */
  void say(String line) {
    err.println(
        terminal || line.isEmpty()
            ? line
            : LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + " " + line);
    err.flush();
  }

  /** Writes one line to a person as it is. */
  void plain(String line) {
    err.println(line);
    err.flush();
  }

  String bold(String text) {
    return color ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  String green(String text) {
    return color ? "\u001b[32m" + text + "\u001b[0m" : text;
  }

  String red(String text) {
    return color ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  private static String render(Object document) {
    // Made on use: most runs of the command line write no JSON, and a mapper costs their start-up.
    var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    try {
      JsonNode tree = mapper.valueToTree(document);
      return mapper.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of ours can't be written as JSON", e);
    }
  }
}
