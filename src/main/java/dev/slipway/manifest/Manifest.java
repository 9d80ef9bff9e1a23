package dev.slipway.manifest;

import dev.slipway.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what the user wants of one deployment in one environment, checked whole.
 *
 * @param folder where the manifest lies; its relative paths start there
 * @param environment the overlay that was applied, or {@code "default"}
 * @param name the deployment
 * @param region the AWS region; absent means the profile's
 * @param target where the deployment lives
 * @param model which model
 * @param endpoint how it is hosted
 * @param rag how questions get their context
 * @param api how the business layer listens
 * @param trace what prompt monitoring keeps
 * @param eval what a deploy's answers must reach
 * @param expires when the deployment should be gone
 * @param tags put on every resource
 * @param changed the paths of the keys that were given something else than their defaults
 */
public record Manifest(
    Path folder,
    String environment,
    DeploymentName name,
    Optional<String> region,
    Target target,
    ModelSpec model,
    EndpointSpec endpoint,
    RagSpec rag,
    ApiSpec api,
    TraceSpec trace,
    EvalSpec eval,
    Optional<Expiry> expires,
    Map<String, String> tags,
    List<String> changed) {

  /** Copies the tags and the paths. */
  public Manifest {
    tags = Map.copyOf(tags);
    changed = List.copyOf(changed);
  }

  /** Where a deployment lives. */
  public enum Target {
    /** Amazon SageMaker. */
    AWS,
    /** This machine. */
    LOCAL
  }
}
