package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceJson;
import dev.slipway.trace.TraceLog;
import java.nio.file.Files;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway traces}. */
@Command(
    name = "traces",
    description = "Lists what prompt monitoring kept of the questions, newest first.",
    footerHeading = "%nExamples:%n",
    footer = {"  slipway traces", "  slipway traces --limit 5 --json", "  slipway traces TRACE_ID"})
final class TracesCommand extends SlipwayAction {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  @Mixin private LocalOptions deployment = new LocalOptions();

  @Parameters(arity = "0..1", paramLabel = "TRACE_ID", description = "show this one whole")
  private @Nullable String id;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "how many (default: ${DEFAULT-VALUE})")
  private int limit;

  TracesCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new UsageFailure("Cannot list " + limit + " traces", "", "Give --limit 1 or more.");
    }
    var folder = deployment.choose(surroundings()).folder();
    if (!Files.exists(folder.traces())) {
      show(List.of());
      return ExitCode.DONE;
    }
    try (TraceLog log = surroundings().adapters().traces(folder.traces())) {
      if (id == null) {
        show(log.newest(limit));
      } else {
        showWhole(log, id);
      }
    }
    return ExitCode.DONE;
  }

  private void show(List<Trace> traces) {
    if (json()) {
      console().json(Map.of("traces", TraceJson.of(traces)));
      return;
    }
    if (traces.isEmpty()) {
      console().say("No question was asked yet.");
      console().plain("Ask one: slipway ask \"...\"");
      return;
    }
    for (Trace trace : traces) {
      console()
          .data(
              String.format(
                  Locale.ROOT,
                  "%s  %s  %5d ms  %3d tokens  %s%s",
                  TIME.format(trace.started()),
                  trace.id(),
                  trace.timings().getOrDefault("total", Duration.ZERO).toMillis(),
                  trace.completionTokens().orElse(0),
                  trace.query().replaceAll("\\s+", " "),
                  trace.error().map(e -> "  " + console().red(e)).orElse("")));
    }
    console().plain("One whole: slipway traces TRACE_ID");
  }

  private void showWhole(TraceLog log, String wanted) {
    Trace trace =
        log.find(wanted)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "no_trace",
                        "Cannot show the trace",
                        "there is none of that id",
                        "List them with `slipway traces`."));
    console().json(TraceJson.of(trace));
  }
}
