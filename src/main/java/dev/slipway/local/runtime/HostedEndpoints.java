package dev.slipway.local.runtime;

import dev.slipway.endpoint.EndpointName;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Knows the endpoints of this machine. Thread-safe. */
public interface HostedEndpoints {

  /** Returns an endpoint as it is now, absent if there is none of that name. */
  Optional<Hosted> find(EndpointName name);

  /** Says where an endpoint is in its life; SageMaker's own words. */
  enum Status {
    /** Its container is starting. */
    CREATING,
    /** It answers. */
    IN_SERVICE,
    /** Its container crashed and is being started again. */
    UPDATING,
    /** It is being taken away. */
    DELETING,
    /** It will not answer until something is changed. */
    FAILED
  }

  /**
   * An endpoint as it is at one moment.
   *
   * @param container the base address of the container: {@code /ping} and {@code /invocations} are
   *     below it
   * @param components the inference components that it hosts; empty if it hosts none
   * @param reason why it failed or is updating
   */
  record Hosted(
      EndpointName name,
      Status status,
      URI container,
      List<String> components,
      Optional<String> reason) {
    /** Copies the components. */
    public Hosted {
      components = List.copyOf(components);
    }
  }
}
