package dev.slipway.deploy.cloud;

import dev.slipway.endpoint.EndpointName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SageMaker's endpoints, their configurations, models and inference components. */
public interface Hosting {

  /**
   * One endpoint.
   *
   * @param status in SageMaker's words: {@code Creating}, {@code InService}, {@code Updating},
   *     {@code SystemUpdating}, {@code RollingBack}, {@code Failed}, {@code UpdateRollbackFailed},
   *     ...
   * @param config the name of the configuration that it runs
   */
  record Endpoint(
      String name,
      String arn,
      String status,
      String config,
      Optional<String> failureReason,
      Instant created,
      Instant changed,
      List<Variant> variants) {
    /** Copies the variants. */
    public Endpoint {
      variants = List.copyOf(variants);
    }
  }

  /**
   * One production variant.
   *
   * @param instance its type; the first one where the configuration has several, empty where
   *     nothing says it
   * @param now instances that run
   * @param desired instances that are wanted
   */
  record Variant(String name, String instance, int now, int desired) {}

  /**
   * One endpoint configuration.
   *
   * @param models the names of its models, none where components hold them
   */
  record Config(String name, String arn, List<String> models, List<Variant> variants) {
    /** Copies the lists. */
    public Config {
      models = List.copyOf(models);
      variants = List.copyOf(variants);
    }
  }

  /**
   * One inference component.
   *
   * @param status {@code InService}, {@code Creating}, {@code Updating}, {@code Failed}, {@code
   *     Deleting}
   */
  record Component(
      String name,
      String arn,
      String endpoint,
      String status,
      int copiesNow,
      int copiesDesired,
      Optional<String> failureReason) {}

  /** What is listed by name, and deleted. */
  enum Kind {
    /** An endpoint. */
    ENDPOINT,
    /** An endpoint configuration. */
    ENDPOINT_CONFIG,
    /** A model. */
    MODEL,
    /** An inference component. */
    COMPONENT
  }

  /** One resource of a list. */
  record Named(Kind kind, String name, String arn, Instant created) {}

  /** Describes an endpoint; absent if there is none. */
  Optional<Endpoint> endpoint(EndpointName name);

  /** Describes an endpoint configuration; absent if there is none. */
  Optional<Config> config(String name);

  /** Describes a component; absent if there is none. */
  Optional<Component> component(String name);

  /** Lists the components of an endpoint. */
  List<Component> components(EndpointName endpoint);

  /** Lists resources whose name contains a text. */
  List<Named> list(Kind kind, String nameContains);

  /** Returns the tags of a resource. */
  Map<String, String> tags(String arn);

  /** Begins to delete a resource; an absent one is no failure. */
  void delete(Kind kind, String name);

  /** Begins to change how many instances a variant wants. */
  void resize(EndpointName endpoint, String variant, int instances);

  /** Begins to change how many copies a component wants. */
  void resizeComponent(String component, int copies);
}
