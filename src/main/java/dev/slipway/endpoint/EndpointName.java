package dev.slipway.endpoint;

import java.util.regex.Pattern;

/**
 * Names an endpoint as SageMaker does: letters, digits and inner hyphens, at most 63.
 *
 * @param value the name
 */
public record EndpointName(String value) {
  private static final Pattern PATTERN = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");

  /** Checks the name. */
  public EndpointName {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException("must match " + PATTERN + ", is \"" + value + "\"");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
