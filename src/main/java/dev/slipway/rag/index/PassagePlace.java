package dev.slipway.rag.index;

import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Says where a deployment's passages are kept: one value for who writes them and who searches. */
public sealed interface PassagePlace {

  /** An index on disk. */
  record Folder(Path path) implements PassagePlace {}

  /**
   * A Qdrant server.
   *
   * @param url its REST address
   * @param key its API key, which is never shown
   * @param prefix how the names of this deployment's collections begin there
   * @param filterFields metadata that searches filter on often: these get an index
   * @param tenantField the metadata that parts the passages by tenant
   */
  record Qdrant(
      URI url, String key, String prefix, Set<String> filterFields, Optional<String> tenantField)
      implements PassagePlace {
    /** Copies the fields. */
    public Qdrant {
      filterFields = Set.copyOf(filterFields);
    }

    @Override
    public String toString() {
      return "Qdrant[" + url + ", " + prefix + "]";
    }
  }

  /**
   * Returns the place that a manifest names.
   *
   * @param folder of the embedded index
   * @param key finds a server's API key; asked only if there is a server
   */
  static PassagePlace of(
      Manifest manifest, Path folder, Function<RagSpec.Store.Qdrant, String> key) {
    return switch (manifest.rag().store()) {
      case RagSpec.Store.Embedded _ -> new Folder(folder);
      case RagSpec.Store.Qdrant server ->
          new Qdrant(
              server.url(),
              key.apply(server),
              prefix(manifest),
              new LinkedHashSet<>(manifest.rag().selfQueryFields()),
              manifest.rag().tenantField());
    };
  }

  /** Returns how the names of a deployment's collections begin on a server. */
  static String prefix(Manifest manifest) {
    return "slipway_" + manifest.name().value() + "_" + manifest.environment() + "_";
  }
}
