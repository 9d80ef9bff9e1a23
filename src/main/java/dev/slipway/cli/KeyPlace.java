package dev.slipway.cli;

import dev.slipway.access.KeyStore;
import dev.slipway.api.Entrance;
import dev.slipway.local.KeyFile;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.SecretReference;
import java.util.Optional;
import java.util.Set;

/** Says where a service's API keys are, and makes its entrance of them. */
final class KeyPlace {
  private KeyPlace() {}

  /** Returns the entrance of a deployment that runs on this machine. */
  static Entrance entrance(Surroundings surroundings, Manifest manifest, StateFolder folder) {
    Set<String> plain = ApiKeySecret.hashes(manifest.api(), surroundings.environment());
    return Entrance.of(
        manifest.api(),
        manifest.folder(),
        Entrance.LOOPBACK,
        plain,
        manifest.api().keys().map(_ -> new KeyFile(folder)),
        more(manifest));
  }

  /**
   * Returns the entrance of a service that runs alone. One whose manifest is for AWS has its keys
   * in Secrets Manager, unless its environment brings them.
   */
  static Entrance entrance(
      Surroundings surroundings, Manifest manifest, StateFolder folder, String host) {
    Set<String> plain = ApiKeySecret.hashes(manifest.api(), surroundings.environment());
    boolean cloud = manifest.target() == Manifest.Target.AWS;
    Optional<KeyStore> store =
        manifest
            .api()
            .keys()
            .filter(_ -> !cloud || plain.isEmpty())
            .map(
                secret ->
                    cloud
                        ? surroundings.adapters().keys(secret.name(), manifest.region())
                        : new KeyFile(folder));
    return Entrance.of(
        manifest.api(),
        manifest.folder(),
        host,
        plain,
        store,
        cloud && store.isPresent() ? "" : more(manifest));
  }

  private static String more(Manifest manifest) {
    String variable = manifest.api().keys().map(ApiKeySecret::variable).orElse("");
    return "make one with `slipway key create`, or set the environment variable "
        + variable
        + " to keys, one a line";
  }

  /** Returns the store of a secret in the account. */
  static KeyStore cloud(Surroundings surroundings, Manifest manifest, SecretReference secret) {
    return surroundings.adapters().keys(secret.name(), manifest.region());
  }
}
