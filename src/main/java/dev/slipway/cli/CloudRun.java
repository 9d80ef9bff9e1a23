package dev.slipway.cli;

import dev.slipway.deploy.Collaborators;
import dev.slipway.deploy.cloud.Cloud;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Runs what changes a deployment in the cloud, with progress shown, questions asked and signals
 * heard.
 *
 * @param selection what is deployed
 * @param yes whether the change is approved already
 */
record CloudRun(Surroundings surroundings, ManifestOptions.Selection selection, boolean yes) {

  int run(boolean json, Supplier<Cloud> open, BiConsumer<Collaborators, Cloud> work) {
    Console console = surroundings.console();
    Interruption interruption = Interruption.heardBy(console);
    return interruption.code(
        console,
        json,
        () -> {
          try (Cloud cloud = open.get();
              var view = new DeployView(console)) {
            var prompt = new DeployPrompt(console, view, interruption, yes);
            work.accept(
                new Engine(surroundings, selection, cloud).collaborators(prompt, view), cloud);
            return ExitCode.DONE;
          }
        });
  }
}
