package dev.slipway.plan;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.EndpointSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Says everything that a deployment's stacks hold, decided: what the CDK app writes down as
 * templates. A pure function of the manifest, the lock, the catalog and the region, so that the
 * same inputs give the same template on every machine.
 *
 * @param names of all that has one
 * @param region where everything lies
 * @param endpoint what hosts the model; absent where it answers beside the service
 * @param tags put on every resource by the template: the user's, and which deployment this is; what
 *     changes with each deploy (revision, owner, expiry) is put on the stack instead
 * @param service the business layer on ECS; absent where it runs elsewhere. There is an endpoint,
 *     or a service with a model of its own
 */
public record Blueprint(
    ResourceNames names,
    String region,
    Optional<Endpoint> endpoint,
    Map<String, String> tags,
    Optional<Service> service) {

  /** Copies the tags. */
  public Blueprint {
    tags = Map.copyOf(tags);
  }

  /**
   * What hosts the model on SageMaker.
   *
   * @param spec kind, scaling and update, as the manifest has them
   * @param instances instance types in order of preference, at least one; {@code auto} is resolved
   * @param model where the endpoint reads its weights
   * @param container what serves them
   * @param startup the times and the disk that the model's size asks for
   */
  public record Endpoint(
      EndpointSpec spec,
      List<String> instances,
      ModelData model,
      Container container,
      Startup startup) {
    /** Copies the list. */
    public Endpoint {
      instances = List.copyOf(instances);
    }
  }

  /**
   * Where the endpoint reads its weights, inside the store's bucket.
   *
   * @param key a prefix that ends in a slash; the key of an archive where it is one
   * @param archive whether it is one {@code model.tar.gz} instead of files as they are
   * @param bytes of all files
   * @param remoteCode whether the manifest lets the repository's own Python run
   */
  public record ModelData(String key, boolean archive, long bytes, boolean remoteCode) {}

  /**
   * What serves the model.
   *
   * @param image its URI
   * @param environment its variables: the serving software's own, then the manifest's over them
   * @param inferenceAmi SageMaker's {@code InferenceAmiVersion} that the image's CUDA needs; absent
   *     for SageMaker's default
   */
  public record Container(
      String image, Map<String, String> environment, Optional<String> inferenceAmi) {
    /** Copies the variables. */
    public Container {
      environment = Map.copyOf(environment);
    }
  }

  /**
   * What the model's size asks for.
   *
   * @param download {@code ModelDataDownloadTimeoutInSeconds}, 60-3600 s
   * @param healthCheck {@code ContainerStartupHealthCheckTimeoutInSeconds}, 60-3600 s
   * @param volumeGb {@code VolumeSizeInGB}, 1-512; absent where the instance has a disk of its own
   * @param accelerators how many of an instance's GPUs one copy takes, 0 on instances without
   * @param copyMemoryMb how much of an instance's memory one copy of a component takes at least
   */
  public record Startup(
      Duration download,
      Duration healthCheck,
      OptionalInt volumeGb,
      int accelerators,
      int copyMemoryMb) {}

  /**
   * A model that answers beside the service.
   *
   * @param bytes of its GGUF, which the image holds as a layer
   * @param memoryBytes that a task needs, estimated
   * @param diskGib that a task needs; absent where what each task has is enough
   */
  public record Beside(long bytes, long memoryBytes, OptionalInt diskGib) {}

  /**
   * The business layer on ECS.
   *
   * @param fargate how it runs, as the manifest has it
   * @param port that its container listens on
   * @param deadline of one question, streamed or not
   * @param indexed whether it answers from a snapshot of the embedded index
   * @param endpoints the names of those that it may ask, its own first; none where a model answers
   *     beside it
   * @param model what answers beside it; absent where an endpoint does
   * @param keys the name of the secret that holds the API keys; absent where none are asked for
   * @param secrets names of secrets by the variable that the container gets each in
   * @param reaches the TCP ports of what it calls outside of the VPC, 443 among them
   */
  public record Service(
      ApiSpec.Fargate fargate,
      int port,
      Duration deadline,
      boolean indexed,
      List<String> endpoints,
      Optional<Beside> model,
      Optional<String> keys,
      Map<String, String> secrets,
      List<Integer> reaches) {
    /** Copies the collections. */
    public Service {
      endpoints = List.copyOf(endpoints);
      secrets = Map.copyOf(secrets);
      reaches = List.copyOf(reaches);
    }
  }
}
