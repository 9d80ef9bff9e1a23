package dev.slipway.cli;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.model.TransferProgress.Transfer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Shows what happens while a deployment changes: one line for each event, and for the transfer one
 * that is written over on a terminal and repeated now and then where there is none. Thread-safe.
 */
final class DeployView implements Consumer<DeployEvent>, AutoCloseable {
  private final Console console;
  private final TransferLine transfer;

  DeployView(Console console) {
    this.console = console;
    this.transfer = new TransferLine(console);
  }

  @Override
  public synchronized void accept(DeployEvent event) {
    switch (event) {
      case DeployEvent.Mirrored(Transfer moved) -> transfer.at(moved);
      case DeployEvent.Step(String name) -> line(console.bold("• " + name));
      case DeployEvent.StackSaid(String stack, Stacks.Event said) ->
          line(
              String.format(
                  Locale.ROOT,
                  "    %-28s %-34s %s%s",
                  said.status(),
                  said.type(),
                  said.logicalId().equals(stack) ? stack : said.logicalId(),
                  reason(said.reason())));
      case DeployEvent.EndpointIs(String name, String status) ->
          line("    " + name + " is " + status);
      case DeployEvent.ContainerSaid(var said) -> line("    container: " + said.text());
      case DeployEvent.Note(String text, boolean warning) ->
          line(warning ? console.red("warning:") + " " + text : "    " + text);
    }
  }

  /** Takes away a line that is still being written over. */
  @Override
  public synchronized void close() {
    transfer.close();
  }

  private void line(String text) {
    transfer.close();
    console.say(text);
  }

  private static String reason(Optional<String> reason) {
    return reason.map(why -> "  " + why).orElse("");
  }
}
