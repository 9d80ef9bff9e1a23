package dev.slipway.plan;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import java.util.Locale;
import java.util.Optional;

/** Names what a deployment is made of: the one place that does, so that names never drift. */
public final class ResourceNames {
  /** The name of the only production variant. */
  public static final String VARIANT = "main";

  /** The key of the tag that says which deployment a resource belongs to. */
  public static final String DEPLOYMENT_TAG = "slipway:deployment";

  /** The key of the tag that says which environment of it. */
  public static final String ENVIRONMENT_TAG = "slipway:environment";

  /** The key of the tag that counts a deployment's changes. */
  public static final String REVISION_TAG = "slipway:revision";

  /** The key of the tag that says who deployed it. */
  public static final String OWNER_TAG = "slipway:owner";

  /** The key of the tag that says until when it should live, as ISO 8601 in UTC. */
  public static final String EXPIRY_TAG = "slipway:expires";

  private final String deployment;
  private final String environment;
  private final String base;
  private final boolean components;

  private ResourceNames(String deployment, String environment, boolean components) {
    this.deployment = deployment;
    this.environment = environment;
    this.base = environment.equals("default") ? deployment : deployment + "-" + environment;
    this.components = components;
  }

  /** Returns the names of a manifest's deployment in its environment. */
  public static ResourceNames of(Manifest manifest) {
    return new ResourceNames(
        manifest.name().value(),
        manifest.environment(),
        manifest.endpoint() instanceof EndpointSpec.Realtime realtime && realtime.components());
  }

  /**
   * Returns the names of a deployment whose manifest isn't at hand; whether it hosts a component
   * must be looked up where that matters.
   */
  public static ResourceNames of(DeploymentName deployment, String environment) {
    return of(deployment.value(), environment, false);
  }

  /**
   * Returns the names of a deployment whose manifest isn't at hand.
   *
   * @param environment {@code default} where none was chosen
   * @param components whether an inference component holds the model
   */
  public static ResourceNames of(String deployment, String environment, boolean components) {
    return new ResourceNames(deployment, environment, components);
  }

  /** Returns the endpoint's name, stable over updates. */
  public EndpointName endpoint() {
    return new EndpointName(base);
  }

  /**
   * Returns the name of the inference component that holds the model, absent where the endpoint
   * holds it itself.
   */
  public Optional<String> component() {
    return components ? Optional.of(base) : Optional.empty();
  }

  /** Returns the name of the bucket that the local target keeps asynchronous requests in. */
  public String localBucket() {
    return "slipway-" + base.toLowerCase(Locale.ROOT);
  }

  /** Returns the deployment's name, as the manifest has it. */
  public String deployment() {
    return deployment;
  }

  /** Returns the environment's name, {@code default} where none was chosen. */
  public String environment() {
    return environment;
  }

  /**
   * Returns the name of the stack with the bucket and the image repository, which all environments
   * of a deployment share.
   */
  public String storeStack() {
    return "slipway-" + deployment + "-store";
  }

  /** Returns the name of the stack with the endpoint. */
  public String endpointStack() {
    return "slipway-" + base + "-endpoint";
  }

  /** Returns the name of the stack with the business layer, where that runs on ECS. */
  public String serviceStack() {
    return "slipway-" + base + "-api";
  }

  /**
   * Returns the name of the image repository in the store's stack; ECR allows no two hyphens in a
   * row.
   */
  public String repository() {
    return storeStack().replaceAll("-+", "-");
  }

  /** Returns the name of CloudWatch's group of the business layer's log, where it runs on ECS. */
  public String serviceLogGroup() {
    return "/slipway/" + base + "/api";
  }

  /** Returns the prefix below which snapshots of the index lie. */
  public String indexPrefix() {
    return "index/" + environment + "/";
  }

  /** Returns the key of the object that locks the environment. */
  public String lockKey() {
    return "locks/" + environment + ".json";
  }

  /** Returns the prefix below which the environment's revisions are recorded. */
  public String revisionsPrefix() {
    return "revisions/" + environment + "/";
  }

  /** Returns the prefix below which asynchronous requests and their answers lie. */
  public String asyncPrefix() {
    return "async/" + environment + "/";
  }

  /** Returns the prefix below which questions lie whose callers come back for the answer. */
  public String jobsPrefix() {
    return "jobs/" + environment + "/";
  }

  /** Returns the prefix below which captured traffic lies. */
  public String capturePrefix() {
    return "capture/" + environment + "/";
  }

  /** Returns the prefix below which templates lie that are too long for a request. */
  public String templatesPrefix() {
    return "templates/" + environment + "/";
  }

  /** Returns the prefix below which all mirrored models lie. */
  public static String modelsPrefix() {
    return "models/";
  }

  /**
   * Returns the name of CloudWatch's group of the containers' log: the endpoint's, or its
   * component's.
   */
  public String logGroup() {
    return component()
        .map(name -> "/aws/sagemaker/InferenceComponents/" + name)
        .orElse("/aws/sagemaker/Endpoints/" + base);
  }
}
