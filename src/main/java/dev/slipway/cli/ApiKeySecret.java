package dev.slipway.cli;

import dev.slipway.api.ApiKeys;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.SecretReference;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the API keys that a manifest refers to. On this machine a secret {@code NAME} is the
 * environment variable {@code SLIPWAY_SECRET_NAME}, in upper case and with underscores for all that
 * a variable's name can't have; it holds one key a line.
 */
final class ApiKeySecret {
  private ApiKeySecret() {}

  /** Returns the keys' hashes; empty if the manifest asks for none, or the variable holds none. */
  static Set<String> hashes(ApiSpec api, Map<String, String> environment) {
    return api.keys().stream()
        .flatMap(secret -> keys(variable(secret), environment))
        .map(ApiKeys::hash)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns a key to call the service with, absent where the environment holds none. */
  static Optional<String> any(SecretReference secret, Map<String, String> environment) {
    return keys(variable(secret), environment).findFirst();
  }

  /**
   * Returns the key that a variable of the environment holds.
   *
   * @throws UsageFailure if it holds none
   */
  static String in(String variable, Map<String, String> environment) {
    String key = environment.getOrDefault(variable, "").strip();
    if (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new UsageFailure(
          "Cannot ask with the key in " + variable,
          "the variable holds none",
          "Set it to a key, as `slipway key create` prints it.");
    }
    return key;
  }

  private static Stream<String> keys(String variable, Map<String, String> environment) {
    return environment
        .getOrDefault(variable, "")
        .lines()
        .map(String::strip)
        .filter(key -> !key.isEmpty());
  }

  static String variable(SecretReference secret) {
    return secret.variable();
  }
}
