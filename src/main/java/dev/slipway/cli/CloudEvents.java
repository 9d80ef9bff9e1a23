package dev.slipway.cli;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.cloud.Stacks;
import java.util.function.Consumer;

/** Tells a person what happens in the cloud, a line for each event. */
record CloudEvents(Console console) implements Consumer<DeployEvent> {
  @Override
  public void accept(DeployEvent event) {
    switch (event) {
      case DeployEvent.Step(String name) -> console.say(console.bold(name));
      case DeployEvent.Mirrored _ -> {} // its own display shows bytes and rate
      case DeployEvent.StackSaid(String stack, Stacks.Event said) ->
          console.say("  " + stack + "  " + line(said));
      case DeployEvent.EndpointIs(String name, String status) ->
          console.say("  endpoint " + name + " is " + status);
      case DeployEvent.ContainerSaid(var line) -> console.say("  " + line.text());
      case DeployEvent.Note(String text, boolean warning) ->
          console.say("  " + (warning ? console.red("warning: ") : "") + text);
    }
  }

  private String line(Stacks.Event event) {
    String status =
        event.status().endsWith("_FAILED") ? console.red(event.status()) : event.status();
    return status + "  " + event.logicalId() + event.reason().map(r -> "  " + r).orElse("");
  }
}
