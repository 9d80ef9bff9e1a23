package dev.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Measures streamed chats beside nginx without buffering: what is added to the time of the first
 * token and to the gap between two, one stream at a time; then 256 streams at once, of which every
 * token must come, in order, to who asked.
 */
final class StreamingBench {
  private static final StubModel.Pacing PACED =
      new StubModel.Pacing(40, Duration.ofMillis(5), Duration.ofMillis(5));
  private static final StubModel.Pacing MANY =
      new StubModel.Pacing(100, Duration.ofMillis(50), Duration.ofMillis(50));
  private static final int STREAMS = 256;
  private static final int WARM_UP = 3000;

  private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

  private StreamingBench() {}

  /** Runs it: rounds, streams of each, JSON file. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(arguments[0]);
    int streams = Integer.parseInt(arguments[1]);
    StreamingBench bench = new StreamingBench();
    String load = Drive.machineLoad();
    bench.oneByOne(rounds, streams);
    bench.atOnce(rounds);
    bench.report(Path.of(arguments[2]), load);
  }

  private void oneByOne(int rounds, int streams) throws IOException, InterruptedException {
    with(
        PACED,
        (direct, peers, children) -> {
          for (Child child : children) {
            // So that the JVM has compiled what a stream needs.
            run(child.name(), child.port(), peers, PACED, 32, WARM_UP);
          }
          for (int round = 0; round < rounds; round++) {
            LoadReport bare = run("direct", direct, peers, PACED, 1, streams);
            for (Child child : children) {
              LoadReport report = run(child.name(), child.port(), peers, PACED, 1, streams);
              note(
                  child.name(),
                  "added ttft, median ms",
                  report.ttft().orElseThrow().median() - bare.ttft().orElseThrow().median());
              note(
                  child.name(),
                  "added gap, mean us",
                  1000 * (report.itl().orElseThrow().mean() - bare.itl().orElseThrow().mean()));
              note(
                  child.name(),
                  "added gap, p99 us",
                  1000 * (report.itl().orElseThrow().p99() - bare.itl().orElseThrow().p99()));
            }
          }
        });
  }

  private void atOnce(int rounds) throws IOException, InterruptedException {
    with(
        MANY,
        (direct, peers, children) -> {
          for (int round = 0; round <= rounds; round++) {
            LoadReport bare = run("direct", direct, peers, MANY, STREAMS, STREAMS);
            for (Child child : children) {
              double before = child.cpuSeconds();
              LoadReport report = run(child.name(), child.port(), peers, MANY, STREAMS, STREAMS);
              double cpu = child.cpuSeconds() - before;
              if (round == 0) {
                continue; // warms up
              }
              note(child.name(), "256 streams: whole, in order", report.successful());
              note(
                  child.name(),
                  "256 streams: added gap, mean us",
                  1000 * (report.itl().orElseThrow().mean() - bare.itl().orElseThrow().mean()));
              note(
                  child.name(),
                  "256 streams: CPU us per token",
                  cpu * 1e6 / (STREAMS * MANY.tokens()));
            }
          }
        });
  }

  @FunctionalInterface
  private interface Measured {
    void run(int direct, Peers peers, Deque<Child> children)
        throws IOException, InterruptedException;
  }

  private static void with(StubModel.Pacing pacing, Measured measured)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("slipway-bench");
    Deque<Child> children = new ArrayDeque<>();
    try (StubModel stub = StubModel.start(pacing)) {
      Peers peers = new Peers(folder, stub.port());
      children.add(peers.nginx());
      children.add(peers.slipway(2 * STREAMS));
      measured.run(stub.port(), peers, children);
    } finally {
      children.forEach(Child::close);
      Drive.delete(folder);
    }
  }

  private static LoadReport run(
      String name, int port, Peers peers, StubModel.Pacing pacing, int clients, int streams) {
    return Drive.whole(
        name,
        LoadRun.run(
            Drive.chats(
                port,
                peers.headers(name),
                pacing,
                true,
                new Pace.Closed(clients),
                OptionalLong.of(streams),
                Duration.ofMinutes(5),
                Optional.empty())));
  }

  private void note(String name, String what, double value) {
    values
        .computeIfAbsent(what, _ -> new LinkedHashMap<>())
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(value);
  }

  private void report(Path json, String load) throws IOException {
    Drive.row("streamed chat", "nginx", "slipway");
    values.forEach(
        (what, peers) ->
            Drive.row(
                what,
                Drive.spread(peers.getOrDefault("nginx", List.of())),
                Drive.spread(peers.getOrDefault("slipway", List.of()))));
    Drive.row("load of the machine", load);
    Map<String, Object> document = new LinkedHashMap<>(values);
    document.put("load", load);
    Drive.write(json, document);
  }
}
