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
 * Measures a pass-through chat: what the service adds to a request at one connection, and what a
 * request costs it in processor time, beside nginx, FastAPI and Portkey's gateway in front of the
 * same stub, in turn, some rounds.
 */
final class PassThroughBench {
  private static final StubModel.Pacing AT_ONCE =
      new StubModel.Pacing(20, Duration.ZERO, Duration.ZERO);
  private static final int ONE_BY_ONE = 3000;
  private static final int CLIENTS = 8;
  private static final int WARM_UP = 40_000;
  private static final Duration WARM_UP_TIME = Duration.ofSeconds(40);

  private final Peers peers;
  private final Map<String, List<Double>> medians = new LinkedHashMap<>();
  private final Map<String, List<Double>> p99s = new LinkedHashMap<>();
  private final Map<String, List<Double>> perCpuSecond = new LinkedHashMap<>();

  private PassThroughBench(Peers peers) {
    this.peers = peers;
  }

  /** Runs it: rounds, seconds of each, JSON file, and the folder with Portkey's gateway, if any. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(arguments[0]);
    Duration time = Duration.ofSeconds(Long.parseLong(arguments[1]));
    Path folder = Files.createTempDirectory("slipway-bench");
    Deque<Child> children = new ArrayDeque<>();
    try (StubModel stub = StubModel.start(AT_ONCE)) {
      Peers peers = new Peers(folder, stub.port());
      PassThroughBench bench = new PassThroughBench(peers);
      children.add(peers.nginx());
      children.add(peers.slipway(64));
      children.add(peers.fastapi());
      if (arguments.length > 3) {
        children.add(peers.portkey(Path.of(arguments[3]).toAbsolutePath()));
      }
      for (Child child : children) {
        bench.warm(child);
      }
      bench.together(children.getFirst(), Duration.ofSeconds(1));
      String before = Drive.machineLoad();
      for (int round = 0; round < rounds; round++) {
        bench.note("direct", bench.oneByOne("direct", stub.port()));
        for (Child child : children) {
          bench.note(child.name(), bench.oneByOne(child.name(), child.port()));
        }
        for (Child child : children) {
          bench
              .perCpuSecond
              .computeIfAbsent(child.name(), _ -> new ArrayList<>())
              .add(bench.together(child, time));
        }
      }
      bench.report(Path.of(arguments[2]), before);
    } finally {
      children.forEach(Child::close);
      Drive.delete(folder);
    }
  }

  /** The compilers of a JVM want tens of thousands of requests; the others need fewer. */
  private void warm(Child child) {
    LoadRun.run(
        Drive.chats(
            child.port(),
            peers.headers(child.name()),
            AT_ONCE,
            false,
            new Pace.Closed(CLIENTS),
            OptionalLong.of(WARM_UP),
            WARM_UP_TIME,
            Optional.empty()));
  }

  private void note(String name, Times.Summary times) {
    medians.computeIfAbsent(name, _ -> new ArrayList<>()).add(times.median());
    p99s.computeIfAbsent(name, _ -> new ArrayList<>()).add(times.p99());
  }

  private Times.Summary oneByOne(String name, int port) {
    LoadReport report =
        LoadRun.run(
            Drive.chats(
                port,
                peers.headers(name),
                AT_ONCE,
                false,
                new Pace.Closed(1),
                OptionalLong.of(ONE_BY_ONE),
                Duration.ofMinutes(1),
                Optional.empty()));
    return Drive.whole(name, report).e2el().orElseThrow();
  }

  /** Returns how many requests a second of processor time was enough for. */
  private double together(Child child, Duration time) throws IOException {
    double before = child.cpuSeconds();
    LoadReport report =
        LoadRun.run(
            Drive.chats(
                child.port(),
                peers.headers(child.name()),
                AT_ONCE,
                false,
                new Pace.Closed(CLIENTS),
                OptionalLong.empty(),
                time,
                Optional.empty()));
    return Drive.whole(child.name(), report).successful() / (child.cpuSeconds() - before);
  }

  private void report(Path json, String load) throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("load", load);
    Drive.row("pass-through chat", "added median ms", "added p99 ms", "requests/CPU-second");
    for (String name : medians.keySet()) {
      if (name.equals("direct")) {
        continue;
      }
      List<Double> median = less(medians, name);
      List<Double> p99 = less(p99s, name);
      List<Double> cpu = perCpuSecond.getOrDefault(name, List.of());
      Drive.row(name, Drive.spread(median), Drive.spread(p99), Drive.spread(cpu));
      document.put(
          name,
          Map.of("added_median_ms", median, "added_p99_ms", p99, "requests_per_cpu_second", cpu));
    }
    Map<String, Double> ratios = new LinkedHashMap<>();
    ratios.put("added_p99_to_nginx", ratio(p99("slipway"), p99("nginx")));
    ratios.put(
        "added_median_to_nginx",
        ratio(Drive.median(less(medians, "slipway")), Drive.median(less(medians, "nginx"))));
    ratios.put("per_cpu_second_to_fastapi", ratio(cpu("slipway"), cpu("fastapi")));
    if (p99s.containsKey("portkey")) {
      ratios.put("added_p99_to_portkey", ratio(p99("slipway"), p99("portkey")));
      ratios.put("per_cpu_second_to_portkey", ratio(cpu("slipway"), cpu("portkey")));
    }
    System.out.println();
    ratios.forEach((name, ratio) -> Drive.row(name, Drive.number(ratio)));
    Drive.row("load of the machine", load);
    document.put("ratios", ratios);
    Drive.write(json, document);
  }

  private List<Double> less(Map<String, List<Double>> times, String name) {
    List<Double> direct = times.getOrDefault("direct", List.of());
    List<Double> less = new ArrayList<>();
    for (int round = 0; round < direct.size(); round++) {
      less.add(times.getOrDefault(name, List.of()).get(round) - direct.get(round));
    }
    return less;
  }

  private double p99(String name) {
    return Drive.median(less(p99s, name));
  }

  private double cpu(String name) {
    return Drive.median(perCpuSecond.getOrDefault(name, List.of()));
  }

  private static double ratio(double mine, double theirs) {
    return Math.round(mine / theirs * 1000) / 1000.0;
  }
}
