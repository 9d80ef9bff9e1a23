package dev.slipway.cli;

import dev.slipway.failure.UsageFailure;
import java.util.List;
import picocli.CommandLine;

/** Says what is wrong with the arguments, and which were meant. */
final class BadArguments {
  private BadArguments() {}

  static UsageFailure of(CommandLine.ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String next = "See `" + command + " --help`.";
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      List<String> meant = unmatched.getSuggestions();
      if (!meant.isEmpty()) {
        next = "Did you mean " + String.join(" or ", meant) + "? " + next;
      }
    }
    return new UsageFailure("Cannot run " + command, String.valueOf(e.getMessage()), next);
  }
}
