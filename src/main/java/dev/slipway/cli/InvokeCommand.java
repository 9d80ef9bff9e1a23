package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway invoke}. */
@Command(
    name = "invoke",
    description = "Sends a body to an endpoint in the cloud as it is, and writes what it answers.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway invoke request.json",
      "  echo '{\"inputs\": \"Hello\"}' | slipway invoke --name chat --region eu-west-1 -",
      "  slipway invoke --stream request.json"
    })
final class InvokeCommand extends SlipwayAction {
  @Mixin private LocalOptions deployment = new LocalOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the body; - or nothing reads standard input")
  private @Nullable Path file;

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      defaultValue = "application/json",
      description = "of the body (default: ${DEFAULT-VALUE})")
  private String contentType = "";

  @Option(
      names = "--accept",
      paramLabel = "TYPE",
      defaultValue = "application/json",
      description = "wanted of the answer (default: ${DEFAULT-VALUE})")
  private String accept = "";

  @Option(names = "--stream", description = "ask for a streamed answer")
  private boolean stream;

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "how long the answer may take, a wake from zero included; over 60 s realtime endpoints"
              + " are asked for a stream (default: ${DEFAULT-VALUE})")
  private int seconds;

  InvokeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (json()) {
      throw new UsageFailure(
          "Cannot invoke with --json",
          "the answer is written as it comes, in the form that the container gives it",
          "Leave --json out.");
    }
    CloudTarget target =
        deployment
            .cloud(surroundings())
            .orElseThrow(
                () ->
                    new UsageFailure(
                        "Cannot invoke a deployment of this machine",
                        "`invoke` is for endpoints in the cloud",
                        "Ask it with `slipway ask`, or give --target aws."));
    return new CloudQuestion(surroundings(), target, Seconds.checked(seconds))
        .invoke(body(), contentType, accept, stream, this::write);
  }

  private byte[] body() {
    try {
      return file == null || file.toString().equals("-")
          ? System.in.readAllBytes()
          : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new OperationFailed(
          "body_unreadable",
          "Cannot read " + (file == null ? "standard input" : file),
          String.valueOf(e.getMessage()),
          "Check the path and its permissions.",
          false,
          e);
    }
  }

  private void write(byte[] part) {
    PrintStream raw = surroundings().console().raw();
    raw.write(part, 0, part.length);
    raw.flush();
  }

  /** Reads a time of the command line. */
  static final class Seconds {
    private Seconds() {}

    static Duration checked(int seconds) {
      if (seconds < 1 || seconds > 21_600) {
        throw new UsageFailure(
            "Cannot wait " + seconds + " s",
            "a deadline is 1 s to 6 h",
            "Give --deadline in seconds.");
      }
      return Duration.ofSeconds(seconds);
    }
  }
}
