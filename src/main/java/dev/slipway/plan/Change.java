package dev.slipway.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * One resource that a deploy touches, as {@code slipway plan --json} lists it.
 *
 * @param type CloudFormation's, such as {@code AWS::SageMaker::Endpoint}; {@code Slipway::Objects}
 *     for mirrored files
 * @param logicalId of the template
 * @param name the physical name; empty where there is none yet
 * @param reason which properties change, or why it goes; holds no values
 */
public record Change(
    Action action,
    String type,
    @JsonProperty("logical_id") String logicalId,
    String name,
    String reason) {

  /** What happens to it. */
  public enum Action {
    /** It is made. */
    CREATE,
    /** It is changed in place. */
    UPDATE,
    /** Another is made in its place. */
    REPLACE,
    /** It goes. */
    DELETE;

    /** Returns the name in documents: {@code create}. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
