package dev.slipway.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a deployment in an environment, as {@code slipway history --json} lists it and
 * the store keeps it, with its template beside it.
 *
 * @param number counts from 1
 * @param at when it was begun, ISO 8601 in UTC, whole seconds
 * @param by the caller's ARN
 * @param from the machine
 * @param state {@code applying}, {@code deployed}, {@code rolled-back}, {@code failed}
 * @param source the model's
 * @param commit the model's
 * @param instance the first choice; null where the model answers beside the service
 * @param config the endpoint configuration that the endpoint ran with after it; null before
 * @param templateKey where its endpoint template lies in the store; null where it has no endpoint
 * @param parameters of that template
 * @param reason why it isn't deployed; null where it is
 * @param service what its business layer on ECS was made of; null where that ran elsewhere, or
 *     never came so far
 * @param rollbackOf the number of the revision that this one put back; null for none
 */
public record Revision(
    int number,
    String at,
    String by,
    String from,
    String state,
    String source,
    String commit,
    @Nullable String instance,
    @Nullable String config,
    @JsonProperty("template_key") @Nullable String templateKey,
    Map<String, String> parameters,
    @Nullable String reason,
    @Nullable Service service,
    @JsonProperty("rollback_of") @Nullable Integer rollbackOf) {

  /** Copies the parameters. */
  public Revision {
    parameters = Map.copyOf(parameters);
  }

  /**
   * A business layer on ECS.
   *
   * @param templateKey where its template lies in the store
   * @param parameters of that template: image, index and bucket
   */
  public record Service(
      @JsonProperty("template_key") String templateKey, Map<String, String> parameters) {
    /** Copies the parameters. */
    public Service {
      parameters = Map.copyOf(parameters);
    }
  }
}
