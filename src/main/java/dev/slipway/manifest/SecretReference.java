package dev.slipway.manifest;

import java.util.Locale;

/**
 * Refers to a secret by name ({@code secret:NAME}); the value is looked up where it is used and is
 * never part of a manifest.
 *
 * @param name the name after {@code secret:}
 */
public record SecretReference(String name) {
  /** How a reference starts in a manifest. */
  public static final String PREFIX = "secret:";

  /** Checks the name. */
  public SecretReference {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9/_+=.@-]{0,127}")) {
      throw new IllegalArgumentException(
          "must be secret: and a name of letters, digits and /_+=.@-, is \""
              + PREFIX
              + name
              + "\"");
    }
  }

  /**
   * Returns the environment variable that hands its value to a process: {@code
   * SLIPWAY_SECRET_NAME}, in upper case and with underscores for all that a variable's name can't
   * have.
   */
  public String variable() {
    return "SLIPWAY_SECRET_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  @Override
  public String toString() {
    return PREFIX + name;
  }
}
