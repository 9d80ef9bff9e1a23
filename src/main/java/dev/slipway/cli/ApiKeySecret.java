package dev.slipway.cli;

import dev.slipway.api.ApiKeys;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.SecretReference;
import java.util.Locale;
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

  /** Returns the keys' hashes; empty if the manifest asks for none. */
  static Set<String> hashes(ApiSpec api, Map<String, String> environment) {
    if (api.keys().isEmpty()) {
      return Set.of();
    }
    String variable = variable(api.keys().get());
    Set<String> hashes =
        keys(variable, environment).map(ApiKeys::hash).collect(Collectors.toUnmodifiableSet());
    if (hashes.isEmpty()) {
      // Serving without keys would open to everyone what the manifest wants closed.
      throw new Refused(
          "no_api_keys",
          "Cannot serve with api.keys: " + api.keys().get(),
          "the environment variable " + variable + " holds no key",
          "Set it to the keys, one a line; or set api.keys: none for this machine alone.");
    }
    return hashes;
  }

  /** Returns a key to call the service with, absent where the environment holds none. */
  static Optional<String> any(SecretReference secret, Map<String, String> environment) {
    return keys(variable(secret), environment).findFirst();
  }

  private static Stream<String> keys(String variable, Map<String, String> environment) {
    return environment
        .getOrDefault(variable, "")
        .lines()
        .map(String::strip)
        .filter(key -> !key.isEmpty());
  }

  static String variable(SecretReference secret) {
    return "SLIPWAY_SECRET_" + secret.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
