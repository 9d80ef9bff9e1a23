package dev.slipway.manifest;

import java.util.regex.Pattern;

/**
 * Names a deployment: {@code [a-z][a-z0-9-]{0,30}}, so that every name made from it fits
 * SageMaker's 63 characters.
 *
 * @param value the name
 */
public record DeploymentName(String value) {
  /** What a name looks like. */
  public static final Pattern PATTERN = Pattern.compile("[a-z][a-z0-9-]{0,30}");

  /** Checks the name. */
  public DeploymentName {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException("must match " + PATTERN + ", is \"" + value + "\"");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
