package dev.slipway.cli;

import dev.slipway.deploy.Heartbeat;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.teardown.Destroyer;
import dev.slipway.deploy.teardown.Exclusion;
import dev.slipway.deploy.teardown.Patience;
import dev.slipway.deploy.teardown.Removal;
import dev.slipway.failure.UsageFailure;
import java.util.Optional;

/** {@code slipway destroy} of a deployment in the cloud. */
record CloudRemoval(Surroundings surroundings, CloudTarget target, boolean json) {

  int preview() {
    try (Cloud cloud = target.open(surroundings)) {
      Removal removal = destroyer(cloud).preview(target.names(), target.own());
      if (json) {
        console().json(removal);
        return ExitCode.DONE;
      }
      removal
          .deleted()
          .forEach(thing -> console().data("delete  " + thing.type() + "  " + thing.name()));
      showKept(removal);
      console()
          .plain(
              removal.deleted().isEmpty()
                  ? "Nothing of " + target.title() + " is in " + cloud.region() + "."
                  : "Nothing was changed. Remove it: slipway destroy" + target.arguments(cloud));
      return ExitCode.DONE;
    }
  }

  int run(boolean yes) {
    try (Cloud cloud = target.open(surroundings)) {
      if (!yes) {
        confirm(cloud);
      }
      Removal removal = destroyer(cloud).destroy(target.names(), target.own());
      if (json) {
        console().json(removal);
      } else {
        show(removal, cloud);
      }
      return removal.left().isEmpty() ? ExitCode.DONE : ExitCode.LEFT_BEHIND;
    }
  }

  private Destroyer destroyer(Cloud cloud) {
    return new Destroyer(
        cloud,
        target.pace(surroundings),
        Patience.standard(),
        new Exclusion(
            () -> cloud.account().identity().arn(),
            Presence.ofThisMachine(),
            Heartbeat.real(),
            target.pace(surroundings)),
        new DeployView(console()));
  }

  private void confirm(Cloud cloud) {
    String name = target.title();
    if (!console().terminal()) {
      throw new UsageFailure(
          "Cannot destroy \"" + name + "\"",
          "this removes all that it runs and stored in "
              + cloud.region()
              + ", and there is no terminal to ask at",
          "Give --yes if that is meant; --dry-run lists what would go.");
    }
    String typed =
        Optional.ofNullable(System.console())
            .map(
                terminal ->
                    terminal.readLine(
                        "This removes %s from %s (account %s): endpoint, service, models, logs, stored"
                            + " objects. Type its name to go on: ",
                        name, cloud.region(), cloud.account().identity().account()))
            .orElse("");
    if (!name.equals(typed)) {
      throw new UsageFailure(
          "Did not destroy \"" + name + "\"", "the name was not typed", "Nothing was changed.");
    }
  }

  private void show(Removal removal, Cloud cloud) {
    showKept(removal);
    for (Removal.Left left : removal.left()) {
      console()
          .say(
              console().red("left")
                  + "  "
                  + left.type()
                  + "  "
                  + left.name()
                  + ": "
                  + left.reason());
      console().plain("      " + left.remove());
    }
    if (!removal.left().isEmpty()) {
      console()
          .plain("Run the commands above, then again: slipway destroy" + target.arguments(cloud));
      return;
    }
    console()
        .say(
            removal.deleted().isEmpty()
                ? "Nothing of " + target.title() + " is in " + cloud.region() + "."
                : target.title()
                    + " is gone: "
                    + removal.deleted().size()
                    + " things were removed, and a last look found nothing.");
    console().plain("What else may be forgotten: slipway orphans --region " + cloud.region());
  }

  private void showKept(Removal removal) {
    removal
        .kept()
        .forEach(
            kept ->
                console()
                    .data("keep    " + kept.type() + "  " + kept.name() + "  " + kept.reason()));
  }

  private Console console() {
    return surroundings.console();
  }
}
