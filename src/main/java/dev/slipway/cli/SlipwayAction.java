package dev.slipway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every command that does something has in common. */
@Command(mixinStandardHelpOptions = true, versionProvider = BuildVersion.class)
abstract class SlipwayAction implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--json",
      description = "one JSON document on standard output, nothing else there")
  private boolean json;

  SlipwayAction(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  final Surroundings surroundings() {
    return surroundings;
  }

  final Console console() {
    return surroundings.console();
  }

  /** Returns whether a script reads the output. */
  final boolean json() {
    return json;
  }

  /** Returns the exit code; failures are thrown. */
  @Override
  public abstract Integer call();
}
