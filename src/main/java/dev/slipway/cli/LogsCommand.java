package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway logs}. */
@Command(
    name = "logs",
    description = "Shows what the container and the service logged.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway logs",
      "  slipway logs --of container --lines 200",
      "  slipway logs --follow",
      "  slipway logs --target aws --follow"
    })
final class LogsCommand extends SlipwayAction {
  private static final long POLL_NANOS = 200_000_000;

  /** Whose log. */
  enum Of {
    all,
    container,
    service,
    up
  }

  @Mixin private LocalOptions deployment = new LocalOptions();

  @Option(
      names = "--of",
      defaultValue = "all",
      description = "whose: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Of of = Of.all;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "how many of the last lines of each log (default: ${DEFAULT-VALUE})")
  private int lines;

  @Option(
      names = "--follow",
      description =
          "go on showing lines as they come, until Ctrl-C; with --json one document a line")
  private boolean follow;

  private final List<Map<String, String>> shown = new ArrayList<>();

  LogsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (lines < 0) {
      throw new UsageFailure(
          "Cannot show " + lines + " lines", "there is no such number", "Give -n 0 or more.");
    }
    var cloud = deployment.cloud(surroundings());
    if (cloud.isPresent()) {
      return new CloudLogView(surroundings(), cloud.get(), json()).run(lines, follow);
    }
    var folder = deployment.choose(surroundings()).folder();
    Map<String, Path> logs = new LinkedHashMap<>();
    if (of == Of.all || of == Of.up) {
      logs.put("up", folder.startLog());
    }
    if (of == Of.all || of == Of.container) {
      logs.put("container", folder.containerLog());
    }
    if (of == Of.all || of == Of.service) {
      logs.put("service", folder.serviceLog());
    }
    if (logs.values().stream().noneMatch(Files::exists) && !follow) {
      throw new OperationFailed(
          "no_logs", "Cannot show logs", "nothing was started yet", "Start it with `slipway up`.");
    }
    Map<String, Long> read = new LinkedHashMap<>();
    logs.forEach((name, file) -> read.put(name, tail(name, file)));
    if (json() && !follow) {
      console().json(Map.of("lines", shown));
    }
    // A reader that is gone, such as head, wants no more.
    while (follow && !console().out().checkError()) {
      LockSupport.parkNanos(POLL_NANOS);
      logs.forEach((name, file) -> read.put(name, rest(name, file, read.getOrDefault(name, 0L))));
    }
    return ExitCode.DONE;
  }

  private long tail(String name, Path file) {
    try {
      if (!Files.exists(file)) {
        return 0;
      }
      byte[] bytes = Files.readAllBytes(file);
      List<String> all = new ArrayList<>();
      text(bytes).lines().forEach(all::add);
      all.subList(Math.max(0, all.size() - Math.max(0, lines)), all.size())
          .forEach(line -> show(name, line));
      return bytes.length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long rest(String name, Path file, long from) {
    try {
      if (!Files.exists(file)) {
        return 0;
      }
      long size = Files.size(file);
      long start = size < from ? 0 : from; // it was rotated: begin anew
      if (size == start) {
        return start;
      }
      try (var channel = Files.newByteChannel(file)) {
        var buffer = java.nio.ByteBuffer.allocate((int) Math.min(size - start, 1 << 20));
        channel.position(start).read(buffer);
        byte[] bytes = java.util.Arrays.copyOf(buffer.array(), buffer.position());
        int whole = lastLineEnd(bytes);
        text(java.util.Arrays.copyOf(bytes, whole)).lines().forEach(line -> show(name, line));
        return start + whole;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int lastLineEnd(byte[] bytes) {
    for (int i = bytes.length; i > 0; i--) {
      if (bytes[i - 1] == '\n') {
        return i;
      }
    }
    return 0;
  }

  private void show(String name, String line) {
    if (json() && follow) {
      console().data(jsonLine(name, line));
    } else if (json()) {
      shown.add(Map.of("log", name, "line", line));
    } else {
      console().data(of == Of.all ? console().bold(name) + "  " + line : line);
    }
  }

  /** Returns one document a line: what is followed has no end that one could wait for. */
  private static String jsonLine(String name, String line) {
    return com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
        .objectNode()
        .put("log", name)
        .put("line", line)
        .toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
