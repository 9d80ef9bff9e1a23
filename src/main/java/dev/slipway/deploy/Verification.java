package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.RolledBack;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Sees whether the live endpoint is what its stack says: "in service" alone says nothing. */
final class Verification {
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** How long what was just made may not be found. */
  private static final Duration INVISIBLE = Duration.ofMinutes(1);

  /**
   * What was seen.
   *
   * @param config the name of the configuration that the endpoint uses
   * @param model the model's name, absent where the stack doesn't say it
   */
  record Live(EndpointName endpoint, String config, Optional<String> model) {}

  private final Collaborators with;
  private final Looking looking;
  private final ResourceNames names;

  Verification(Collaborators with, ResourceNames names) {
    this.with = with;
    this.looking = new Looking(with.pace());
    this.names = names;
  }

  /**
   * Waits until the endpoint rests, and compares it with its stack.
   *
   * @throws RolledBack if it uses another configuration, which is how an update that was undone
   *     looks
   * @throws OperationFailed if it failed
   * @throws dev.slipway.failure.StillWorking if the time is over
   */
  Live see(Stack stack, EndpointWatch watch, Instant until) {
    var outputs = new StackOutputs(stack);
    EndpointName name = outputs.endpoint(names);
    Hosting.Endpoint endpoint = awaitEndpoint(name, watch, until);
    if (!endpoint.status().equals("InService")) {
      Diagnosis why = watch.diagnose(List.of());
      throw new OperationFailed(
          why.code(),
          "The endpoint \"" + name + "\" is " + endpoint.status(),
          why.cause(),
          why.remedy());
    }
    Optional<String> asked = outputs.config();
    if (asked.filter(config -> !config.equals(endpoint.config())).isPresent()) {
      Diagnosis why = watch.diagnose(List.of());
      boolean unknown = why.code().equals("stack_failed");
      throw new RolledBack(
          unknown ? "update_undone" : why.code(),
          "The update of \"" + name + "\" was rolled back, though the endpoint says InService",
          "it runs the configuration %s, not %s. %s"
              .formatted(
                  endpoint.config(),
                  asked.get(),
                  unknown ? "SageMaker gives no reason." : why.cause()),
          unknown
              ? "See `slipway logs` for what the new containers said, correct it, deploy again."
              : why.remedy());
    }
    names.component().ifPresent(component -> awaitComponent(component, watch, until));
    return new Live(name, endpoint.config(), outputs.model());
  }

  private Hosting.Endpoint awaitEndpoint(EndpointName name, EndpointWatch watch, Instant until) {
    Instant visible = with.pace().now().plus(INVISIBLE);
    while (true) {
      Optional<Hosting.Endpoint> endpoint = looking.at(() -> with.cloud().hosting().endpoint(name));
      if (endpoint.isPresent() && !changes(endpoint.get().status())) {
        return endpoint.get();
      }
      if (endpoint.isEmpty() && with.pace().now().isAfter(visible)) {
        throw new OperationFailed(
            "endpoint_missing",
            "There is no endpoint \"" + name + "\"",
            "its stack is complete, so somebody deleted it.",
            "Remove the rest with `slipway destroy`, then deploy again.");
      }
      pause(name.value(), watch, until);
    }
  }

  private static boolean changes(String status) {
    return switch (status) {
      case "Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting" -> true;
      default -> false;
    };
  }

  private void awaitComponent(String component, EndpointWatch watch, Instant until) {
    Instant visible = with.pace().now().plus(INVISIBLE);
    while (true) {
      Optional<Hosting.Component> found =
          looking.at(() -> with.cloud().hosting().component(component));
      String status = found.map(Hosting.Component::status).orElse("absent");
      if (status.equals("InService")) {
        return;
      }
      if (status.equals("Failed")
          || (status.equals("absent") && with.pace().now().isAfter(visible))) {
        Diagnosis why = watch.diagnose(List.of());
        throw new OperationFailed(
            why.code(),
            "The inference component \"" + component + "\" is " + status,
            why.cause(),
            why.remedy());
      }
      pause(component, watch, until);
    }
  }

  private void pause(String name, EndpointWatch watch, Instant until) {
    watch.look();
    if (with.pace().now().isAfter(until)) {
      throw StackWait.stillWorking(
          names.endpointStack(), "\"" + name + "\" is not in service yet.", null);
    }
    with.pace().pause(LOOK);
  }
}
