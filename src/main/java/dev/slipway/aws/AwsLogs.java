package dev.slipway.aws;

import dev.slipway.deploy.cloud.ContainerLogs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;

/** The containers' logs in CloudWatch Logs. */
final class AwsLogs implements ContainerLogs {
  /** How far back the first look goes; each further one goes back four times as far. */
  private static final Duration FIRST_LOOK = Duration.ofMinutes(10);

  private static final int LONGER = 4;

  /** How many lines more than asked for are held before the oldest are let go. */
  private static final int SLACK = 10_000;

  private final Lazy<CloudWatchLogsClient> client;
  private final CloudFailures failures;
  private final InstantSource clock;

  AwsLogs(Lazy<CloudWatchLogsClient> client, CloudFailures failures, InstantSource clock) {
    this.client = client;
    this.failures = failures;
    this.clock = clock;
  }

  /**
   * Reads from the newest lines backwards, in longer and longer spans, until there are enough: a
   * group may hold gigabytes, and CloudWatch only reads forwards.
   */
  @Override
  public List<Line> read(String group, Instant since, int most) {
    List<Line> lines = new ArrayList<>();
    Optional<Instant> until = Optional.empty();
    Duration span = FIRST_LOOK;
    while (lines.size() < most) {
      Instant from = until.orElseGet(clock::instant).minus(span);
      Instant start = from.isBefore(since) ? since : from;
      Optional<List<Line>> found = span(group, start, until, most - lines.size());
      if (found.isEmpty()) {
        return List.of();
      }
      lines.addAll(0, found.get());
      if (!start.isAfter(since)) {
        break;
      }
      until = Optional.of(start);
      span = span.multipliedBy(LONGER);
    }
    return List.copyOf(lines);
  }

  /** Reads the newest lines of a span, oldest first; absent if there is no such group. */
  private Optional<List<Line>> span(
      String group, Instant start, Optional<Instant> until, int most) {
    return failures.find(
        ask("read", "FilterLogEvents", group),
        () -> {
          List<Line> newest = new ArrayList<>();
          client
              .get()
              .filterLogEventsPaginator(
                  request ->
                      request
                          .logGroupName(group)
                          .startTime(start.toEpochMilli())
                          // Both ends belong to the span.
                          .endTime(until.map(end -> end.toEpochMilli() - 1).orElse(null)))
              .events()
              .forEach(
                  event -> {
                    newest.add(line(event));
                    if (newest.size() >= most + SLACK) {
                      keepNewest(newest, most);
                    }
                  });
          keepNewest(newest, most);
          return newest;
        });
  }

  /** Streams may come one after the other, each in its order: sorted, the order in one is kept. */
  private static void keepNewest(List<Line> lines, int most) {
    lines.sort(Comparator.comparing(Line::at));
    lines.subList(0, Math.max(0, lines.size() - most)).clear();
  }

  private static Line line(FilteredLogEvent event) {
    return new Line(
        event.eventId(),
        Instant.ofEpochMilli(event.timestamp()),
        event.logStreamName(),
        event.message() == null ? "" : event.message().stripTrailing());
  }

  @Override
  public List<String> groups(String prefix) {
    return failures.call(
        new Ask(
            "Cannot list the log groups named \"" + prefix + "...\"",
            "logs:DescribeLogGroups",
            "all log groups"),
        () ->
            client
                .get()
                .describeLogGroupsPaginator(request -> request.logGroupNamePrefix(prefix))
                .logGroups()
                .stream()
                .map(LogGroup::logGroupName)
                .toList());
  }

  @Override
  public void delete(String group) {
    var unused =
        failures.find(
            ask("delete", "DeleteLogGroup", group),
            () -> client.get().deleteLogGroup(request -> request.logGroupName(group)));
  }

  private static Ask ask(String verb, String action, String group) {
    return new Ask(
        "Cannot " + verb + " log group \"" + group + "\"",
        "logs:" + action,
        "log group \"" + group + "\"");
  }
}
