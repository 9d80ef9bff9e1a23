package dev.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the service twice what it can carry, for as long as one likes: those admitted must keep 0.9
 * of the goodput at its peak, the rest must be refused at once, and neither heap nor resident
 * memory may grow. Ends with 1 where one of these does not hold.
 */
final class Soak {
  private static final int AT_ONCE = 32;
  private static final StubModel.Pacing PACING =
      new StubModel.Pacing(20, Duration.ofMillis(50), Duration.ofMillis(10));
  private static final Objectives GOOD = Objectives.parse("ttft:500,e2el:1000");
  private static final int SAMPLES = 20;

  /** Each sample of the heap stops the service for a whole collection. */
  private static final Duration SHORTEST_GAP = Duration.ofSeconds(4);

  /** How long the service is asked at its peak before that is measured: the JVM compiles. */
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  private static final Duration PEAK = Duration.ofSeconds(8);
  private static final double GOODPUT = 0.9;

  /** A refusal is no wait: even its slowest come before a good answer must. */
  private static final double REFUSED_MEDIAN_MILLIS = 100;

  private static final double REFUSED_P99_MILLIS = 1000;
  private static final double GROWTH = 0.05;

  /** A JVM fills its caches in its first minutes: a short form finds coarse leaks only. */
  private static final Duration SHORT = Duration.ofMinutes(5);

  private static final double SHORT_GROWTH = 0.15;

  private Soak() {}

  /** Runs it: minutes, JSON file. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    Duration time = Duration.ofMillis(Math.round(Double.parseDouble(arguments[0]) * 60_000));
    Path folder = Files.createTempDirectory("slipway-soak");
    boolean holds;
    try (StubModel stub = StubModel.start(PACING)) {
      Peers peers = new Peers(folder, stub.port());
      // All of its heap from the start, so that what the process grows by is not the heap's.
      try (Child service = peers.slipway(AT_ONCE, "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch")) {
        holds = soak(peers, service, time, Path.of(arguments[1]));
      }
    } finally {
      Drive.delete(folder);
    }
    System.exit(holds ? 0 : 1);
  }

  private static boolean soak(Peers peers, Child service, Duration time, Path json)
      throws IOException, InterruptedException {
    LoadRun.run(load(peers, service, new Pace.Closed(AT_ONCE), WARM_UP));
    double peak =
        Drive.whole(
                "the service", LoadRun.run(load(peers, service, new Pace.Closed(AT_ONCE), PEAK)))
            .requestGoodput();
    System.out.printf("peak goodput %.1f/s, now asked %.1f/s for %s%n", peak, 2 * peak, time);
    var twice = new Pace.Open(2 * peak, Pace.Spread.POISSON, 1, 4096);
    double cpu = service.cpuSeconds();
    CompletableFuture<LoadReport> run =
        CompletableFuture.supplyAsync(() -> LoadRun.run(load(peers, service, twice, time)));
    List<Double> live = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    Duration gap = time.dividedBy(SAMPLES);
    while (!over(run, gap.compareTo(SHORTEST_GAP) < 0 ? SHORTEST_GAP : gap)) {
      live.add(service.liveHeap() / 1048576.0);
      resident.add(service.resident() / 1048576.0);
    }
    LoadReport report = run.join();
    double kept = report.requestGoodput() / peak;
    double growth = time.compareTo(SHORT) < 0 ? SHORT_GROWTH : GROWTH;
    double heapGrowth = Trend.growth(lateHalf(live));
    double residentGrowth = Trend.growth(lateHalf(resident));
    boolean others = report.incomplete() + report.failed() > report.refused();
    Times.Summary refused =
        report
            .refusal()
            .orElseThrow(() -> new IllegalStateException("nothing was refused at twice the load"));
    Map<String, Boolean> verdicts = new LinkedHashMap<>();
    verdicts.put("goodput of the admitted, to its peak: " + Drive.number(kept), kept >= GOODPUT);
    verdicts.put(
        "refused in ms: median "
            + Drive.number(refused.median())
            + ", p99 "
            + Drive.number(refused.p99()),
        refused.median() <= REFUSED_MEDIAN_MILLIS && refused.p99() <= REFUSED_P99_MILLIS);
    verdicts.put("all others answered whole: " + report.notes(), !others);
    verdicts.put("live heap MiB: " + Drive.spread(live), heapGrowth <= growth);
    verdicts.put("resident MiB: " + Drive.spread(resident), residentGrowth <= growth);
    verdicts.put("the service is alive", service.alive());
    verdicts.forEach((what, holds) -> System.out.println((holds ? "ok     " : "MISSED ") + what));
    System.out.printf(
        "growth over the later half: heap %.2f %%, resident %.2f %%%n",
        100 * heapGrowth, 100 * residentGrowth);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("minutes", time.toMillis() / 60_000.0);
    document.put("peak_goodput", peak);
    document.put("goodput_to_peak", kept);
    document.put("cpu_seconds", service.cpuSeconds() - cpu);
    document.put("live_heap_mib", live);
    document.put("resident_mib", resident);
    document.put("live_heap_growth", heapGrowth);
    document.put("resident_growth", residentGrowth);
    document.put("report", report.document());
    document.put("load", Drive.machineLoad());
    Drive.write(json, document);
    return !verdicts.containsValue(false);
  }

  private static boolean over(CompletableFuture<LoadReport> run, Duration wait)
      throws InterruptedException {
    try {
      run.get(wait.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load broke off", e.getCause());
    }
  }

  private static List<Double> lateHalf(List<Double> values) {
    return values.subList(values.size() / 2, values.size());
  }

  private static Load load(Peers peers, Child service, Pace pace, Duration time) {
    return Drive.chats(
        service.port(),
        peers.headers(service.name()),
        PACING,
        true,
        pace,
        OptionalLong.empty(),
        time,
        Optional.of(GOOD));
  }
}
