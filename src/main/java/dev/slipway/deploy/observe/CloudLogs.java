package dev.slipway.deploy.observe;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.ContainerLogs;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads what containers wrote, each line once, in order. Not thread-safe. */
public final class CloudLogs {
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** Streams of several instances arrive at different times: lines are held back that long. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** How late a line may arrive and still be shown, if out of order. */
  private static final Duration LATE = Duration.ofMinutes(2);

  private static final int PAGE = 10_000;
  private static final Comparator<ContainerLogs.Line> ORDER =
      Comparator.comparing(ContainerLogs.Line::at).thenComparing(ContainerLogs.Line::id);

  private final ContainerLogs logs;
  private final String group;
  private final Pace pace;

  /** Reads one group. */
  public CloudLogs(ContainerLogs logs, String group, Pace pace) {
    this.logs = logs;
    this.group = group;
    this.pace = pace;
  }

  /**
   * Returns the last lines.
   *
   * @param since from when on
   * @param most how many at most
   */
  public List<ContainerLogs.Line> last(Instant since, int most) {
    if (most == 0) {
      return List.of();
    }
    List<ContainerLogs.Line> lines =
        logs.read(group, since, most).stream().distinct().sorted(ORDER).toList();
    return lines.subList(Math.max(0, lines.size() - most), lines.size());
  }

  /**
   * Shows the last lines, and then each new one.
   *
   * @param most how many of the old ones
   * @param on asked before each look, whether to go on
   */
  public void follow(
      Instant since, int most, Consumer<ContainerLogs.Line> sink, BooleanSupplier on) {
    Map<String, Instant> shown = new LinkedHashMap<>();
    Instant start = pace.now();
    for (ContainerLogs.Line line : last(since, most)) {
      shown.put(line.id(), line.at());
      sink.accept(line);
    }
    // Old lines that weren't asked for are never shown, even where they arrive late.
    Instant floor =
        shown.values().stream().max(Comparator.naturalOrder()).orElse(start.minus(SETTLING));
    while (on.getAsBoolean()) {
      Instant now = pace.now();
      Instant from = later(floor, now.minus(LATE));
      logs.read(group, from, PAGE).stream()
          .filter(line -> !line.at().isBefore(from) && !line.at().isAfter(now.minus(SETTLING)))
          .sorted(ORDER)
          .filter(line -> shown.putIfAbsent(line.id(), line.at()) == null)
          .forEach(sink);
      shown.values().removeIf(at -> at.isBefore(now.minus(LATE.multipliedBy(2))));
      pace.pause(LOOK);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
