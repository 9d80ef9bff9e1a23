package dev.slipway.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says how a deployment is: the document of {@code slipway status --json}.
 *
 * @param deployment its name
 * @param environment the overlay of the manifest
 * @param target {@code local} or {@code aws}
 * @param status {@code starting}, {@code running}, {@code stopped}, {@code failed}, {@code crashed}
 *     or {@code absent}
 * @param endpoint null where there is none
 * @param revision counts the changes; 0 where there is none
 * @param model null where there is none
 * @param costPerHour in US dollars; 0 on this machine
 * @param alarms the names of those that ring
 * @param service the business layer on ECS; null where it runs elsewhere
 * @param lastError null if nothing failed
 */
public record DeploymentStatus(
    String deployment,
    String environment,
    String target,
    String status,
    @Nullable Endpoint endpoint,
    int revision,
    @Nullable Model model,
    @JsonProperty("cost_per_hour") double costPerHour,
    List<String> alarms,
    @Nullable Service service,
    @JsonProperty("last_error") @Nullable String lastError) {

  /** Copies the alarms. */
  public DeploymentStatus {
    alarms = List.copyOf(alarms);
  }

  /**
   * The endpoint.
   *
   * @param status in SageMaker's words
   * @param kind the endpoint kind
   */
  public record Endpoint(String name, String status, String kind, List<Variant> variants) {
    /** Copies the variants. */
    public Endpoint {
      variants = List.copyOf(variants);
    }
  }

  /**
   * One production variant.
   *
   * @param now running instances
   * @param desired wanted instances
   */
  public record Variant(String name, String instance, int now, int desired) {}

  /**
   * The business layer on ECS.
   *
   * @param url of its load balancer; empty before that is there
   * @param status {@code running}, {@code starting} (a task is missing, or is being replaced),
   *     {@code failed}
   * @param now running tasks
   * @param desired wanted tasks
   */
  public record Service(String url, String status, int now, int desired) {}

  /** Which model it serves. */
  public record Model(String source, String commit) {}
}
