package dev.slipway.manifest;

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

  @Override
  public String toString() {
    return PREFIX + name;
  }
}
