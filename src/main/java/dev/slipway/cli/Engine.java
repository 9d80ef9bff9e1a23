package dev.slipway.cli;

import dev.slipway.deploy.AccountFacts;
import dev.slipway.deploy.Collaborators;
import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.Heartbeat;
import dev.slipway.deploy.Intervention;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.ServiceSupply;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.local.StateFolder;
import dev.slipway.model.mirror.Mirror;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts together what the deploy engine works with. */
record Engine(Surroundings surroundings, ManifestOptions.Selection selection, Cloud cloud) {

  Collaborators collaborators(Intervention intervention, Consumer<DeployEvent> onlooker) {
    Pace pace = surroundings.adapters().pace();
    var facts = new AccountFacts(cloud, pace);
    return new Collaborators(
        cloud,
        surroundings.adapters().models(surroundings.home().cache(), Optional.of(cloud.region())),
        surroundings.adapters().synthesizer(surroundings.home().cache()),
        facts,
        facts,
        (snapshot, bucket, prefix, progress) -> new Mirror(bucket).copy(snapshot, prefix, progress),
        new ServiceSupply(
            new DeployedImage(
                new DeploymentImage(surroundings, selection),
                cloud.images(),
                text -> onlooker.accept(new DeployEvent.Note(text, false))),
            manifest ->
                new StateFolder(
                        surroundings.home().deployment(manifest.name(), manifest.environment()))
                    .index(),
            new HttpProbe(surroundings.environment(), pace)),
        Presence.ofThisMachine(),
        Heartbeat.real(),
        pace,
        intervention,
        onlooker);
  }
}
