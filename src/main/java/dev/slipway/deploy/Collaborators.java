package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.model.ModelRegistry;
import dev.slipway.plan.Synthesizer;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What the engine works with.
 *
 * @param cloud of the manifest's region
 * @param models resolves the manifest's model
 * @param synthesizer makes the templates
 * @param prices in US dollars an hour by instance type; absent where unknown
 * @param preflight checks before anything is made
 * @param mirror copies the model
 * @param service where the business layer on ECS comes from
 * @param presence says which process this is
 * @param heartbeat keeps the lock alive
 * @param pace the clock
 * @param intervention asks the user
 * @param onlooker hears what happens, on the deploying thread and the mirror's
 */
public record Collaborators(
    Cloud cloud,
    ModelRegistry models,
    Synthesizer synthesizer,
    Function<String, OptionalDouble> prices,
    Preflight preflight,
    ModelMirror mirror,
    ServiceSupply service,
    Presence presence,
    Heartbeat heartbeat,
    Pace pace,
    Intervention intervention,
    Consumer<DeployEvent> onlooker) {

  void step(String name) {
    onlooker.accept(new DeployEvent.Step(name));
  }

  void note(String text) {
    onlooker.accept(new DeployEvent.Note(text, false));
  }

  void warn(String text) {
    onlooker.accept(new DeployEvent.Note(text, true));
  }
}
