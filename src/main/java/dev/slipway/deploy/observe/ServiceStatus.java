package dev.slipway.deploy.observe;

import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.plan.HourlyCost;
import dev.slipway.plan.ResourceNames;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalDouble;

/** Says how the business layer on ECS is. */
final class ServiceStatus {
  private final Cloud cloud;
  private final Optional<Stacks.Stack> stack;

  ServiceStatus(Cloud cloud, ResourceNames names) {
    this.cloud = cloud;
    this.stack = cloud.stacks().find(names.serviceStack());
  }

  /** Returns its stack; absent where there is none. */
  Optional<Stacks.Stack> stack() {
    return stack;
  }

  /** Returns its tasks; absent where there are none, or where the caller may not look. */
  Optional<ContainerServices.Service> tasks() {
    return stack.flatMap(this::tasks);
  }

  /** Describes it; absent where there is none. */
  Optional<DeploymentStatus.Service> read() {
    return stack.map(
        there -> {
          Optional<ContainerServices.Service> tasks = tasks(there);
          int now = tasks.map(ContainerServices.Service::running).orElse(0);
          int desired = tasks.map(ContainerServices.Service::desired).orElse(0);
          return new DeploymentStatus.Service(
              new StackOutputs(there).url().map(URI::toString).orElse(""),
              word(there, tasks),
              now,
              desired);
        });
  }

  /** Returns how it is as all that answers; absent where there is none. */
  Optional<Phase> phase() {
    return stack
        .filter(there -> Outcome.of(there.status()) != Outcome.GONE)
        .map(
            there -> {
              Optional<ContainerServices.Service> tasks = tasks(there);
              return Phase.of(
                  there.status(),
                  tasks.stream().mapToInt(ContainerServices.Service::running).findFirst(),
                  tasks.map(ContainerServices.Service::desired).orElse(0));
            });
  }

  private static String word(Stacks.Stack there, Optional<ContainerServices.Service> tasks) {
    return switch (Outcome.of(there.status())) {
      case FAILED, ROLLED_BACK -> "failed";
      case WORKING, GONE -> "starting";
      case DONE ->
          tasks
              .map(
                  service ->
                      service.rollout().state().equals("FAILED")
                          ? "failed"
                          : service.running() < Math.max(1, service.desired())
                                  || service.rollout().state().equals("IN_PROGRESS")
                              ? "starting"
                              : "running")
              // Whoever may look at stacks may not always look at tasks.
              .orElse("running");
    };
  }

  private Optional<ContainerServices.Service> tasks(Stacks.Stack there) {
    Optional<String> arn =
        cloud.stacks().resources(there.id()).stream()
            .filter(resource -> resource.type().equals("AWS::ECS::Service"))
            .flatMap(resource -> resource.physicalId().stream())
            .filter(id -> id.startsWith("arn:"))
            .findFirst();
    try {
      return arn.flatMap(cloud.services()::find);
    } catch (CloudFailure failure) {
      return switch (failure.kind()) {
        case DENIED, NOT_FOUND -> Optional.empty();
        case CREDENTIALS, UNREACHABLE, THROTTLED, CONFLICT, QUOTA, INVALID, INTERNAL ->
            throw failure;
      };
    }
  }

  /** Returns US dollars an hour of the fewest tasks and the load balancer. */
  double cost() {
    return stack
        .map(
            there ->
                HourlyCost.of(cloud.stacks().template(there.id()), _ -> OptionalDouble.empty()))
        .filter(OptionalDouble::isPresent)
        .map(OptionalDouble::getAsDouble)
        .orElse(0.0);
  }
}
