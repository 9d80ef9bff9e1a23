package dev.slipway.cli;

import dev.slipway.failure.Refused;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.rag.index.PassagePlace;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds the API key of the server that a manifest keeps passages in, as {@link ApiKeySecret} finds
 * those of callers: in the environment.
 */
final class StoreKey {
  private StoreKey() {}

  /**
   * Returns where passages are kept.
   *
   * @param index the folder of the embedded index
   * @throws Refused if it is a server and the environment has no key for it
   */
  static PassagePlace place(Manifest manifest, Path index, Map<String, String> environment) {
    return PassagePlace.of(manifest, index, server -> key(server, environment));
  }

  private static String key(RagSpec.Store.Qdrant server, Map<String, String> environment) {
    String variable = ApiKeySecret.variable(server.key());
    String key = environment.getOrDefault(variable, "").strip();
    if (!key.matches("[\\x21-\\x7e]+")) {
      throw new Refused(
          "no_store_key",
          "Cannot use Qdrant at " + server.url(),
          "the environment variable "
              + variable
              + (key.isEmpty() ? " holds no key" : " holds what can't be a key"),
          "Set it to the server's API key; to anything, if the server asks for none.");
    }
    return key;
  }
}
