package dev.slipway.local;

import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.local.runtime.HostedEndpoints;
import java.util.List;
import java.util.Optional;

/** Says how a deployment of this machine is, from its state on disk and from who holds it. */
public final class LocalStatus {
  private LocalStatus() {}

  /** Looks at a deployment; one that was never started is {@code absent}. */
  public static DeploymentStatus of(String deployment, String environment, StateFolder folder) {
    Optional<DeploymentState> read = folder.read();
    if (read.isEmpty()) {
      boolean runs = folder.held();
      return new DeploymentStatus(
          deployment,
          environment,
          "local",
          runs ? "running" : "absent",
          null,
          0,
          null,
          0,
          List.of(),
          null,
          runs ? "its state on disk can't be read; stop it with `slipway down`" : null);
    }
    DeploymentState state = read.get();
    boolean held = folder.held();
    String status = status(state.phase(), held);
    boolean serves = held && state.endpoint().status().equals("InService");
    var endpoint =
        new DeploymentStatus.Endpoint(
            state.endpoint().name(),
            held ? state.endpoint().status() : "OutOfService",
            state.endpoint().kind(),
            List.of(
                new DeploymentStatus.Variant(
                    "AllTraffic", state.endpoint().server(), serves ? 1 : 0, held ? 1 : 0)));
    return new DeploymentStatus(
        state.deployment(),
        state.environment(),
        "local",
        status,
        endpoint,
        state.revision(),
        new DeploymentStatus.Model(state.model().source(), state.model().commit()),
        0,
        List.of(),
        null,
        lastError(state, status));
  }

  /** Returns SageMaker's word for where an endpoint is in its life. */
  public static String word(HostedEndpoints.Status status) {
    return switch (status) {
      case CREATING -> "Creating";
      case IN_SERVICE -> "InService";
      case UPDATING -> "Updating";
      case DELETING -> "Deleting";
      case FAILED -> "Failed";
    };
  }

  private static String status(DeploymentState.Phase phase, boolean held) {
    return switch (phase) {
      case STARTING -> held ? "starting" : "crashed";
      case RUNNING -> held ? "running" : "crashed";
      case STOPPED -> "stopped";
      case FAILED -> "failed";
    };
  }

  private static @org.jspecify.annotations.Nullable String lastError(
      DeploymentState state, String status) {
    if (status.equals("crashed")) {
      return "its process (pid " + state.runner().pid() + ") ended without a word";
    }
    return state.lastError().isEmpty() ? null : state.lastError();
  }
}
