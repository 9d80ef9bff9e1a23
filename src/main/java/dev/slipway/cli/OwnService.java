package dev.slipway.cli;

import dev.slipway.api.ApiKeys;
import dev.slipway.api.Entrance;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/**
 * The business layer in this process, over an endpoint in the cloud and the index of this machine,
 * for as long as it is asked. Nobody else can ask it: its key is made anew each time.
 */
final class OwnService {
  private static final int KEY_BYTES = 32;

  private final Surroundings surroundings;
  private final ManifestOptions.Selection selection;
  private final StateFolder folder;

  private OwnService(
      Surroundings surroundings, ManifestOptions.Selection selection, StateFolder folder) {
    this.surroundings = surroundings;
    this.selection = selection;
    this.folder = folder;
  }

  /**
   * Sees whether there can be one.
   *
   * @throws UsageFailure if answers come from a model beside the service
   * @throws Refused if nothing was indexed here
   */
  static OwnService of(Surroundings surroundings, ManifestOptions.Selection selection) {
    Manifest manifest = selection.manifest();
    if (manifest.api().engine() == ApiSpec.Engine.EMBEDDED) {
      throw new UsageFailure(
          "Cannot evaluate the endpoint of \"" + manifest.name() + "\"",
          "with api.engine: embedded a model beside the service answers",
          "Start the service (`slipway serve`), and evaluate that: slipway eval FILE --url URL.");
    }
    var folder =
        new StateFolder(surroundings.home().deployment(manifest.name(), manifest.environment()));
    boolean here = manifest.rag().store() instanceof RagSpec.Store.Embedded;
    if (here && !Files.isDirectory(folder.index())) {
      throw new Refused(
          "nothing_indexed",
          "Cannot evaluate the answers of \"" + manifest.name() + "\"",
          "nothing was indexed for it on this machine",
          "Index its documents first: slipway index PATH.");
    }
    return new OwnService(surroundings, selection, folder);
  }

  /**
   * Starts it, has it used, and stops it.
   *
   * @param bucket the deployment's; absent where there is none
   * @param use gets its address and its key
   */
  <T> T with(
      EndpointName endpoint,
      Optional<String> component,
      Optional<String> bucket,
      BiFunction<String, String, T> use) {
    Manifest manifest = selection.manifest();
    folder.create();
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String key = HexFormat.of().formatHex(random);
    var parts = new ServiceParts(surroundings, selection);
    Optional<Snapshot> snapshot = parts.small(ServedModel.of(selection, folder));
    // Beside those of a service that may run here now.
    Path own = folder.path().resolve("eval");
    try (Service service =
        surroundings
            .adapters()
            .serve(
                new ServiceSettings(
                    BuildVersion.number(),
                    manifest,
                    0,
                    endpoint,
                    component,
                    Optional.empty(),
                    Optional.empty(),
                    snapshot,
                    snapshot.map(s -> s.facts().contextLength()).orElse(OptionalInt.empty()),
                    StoreKey.place(manifest, folder.index(), surroundings.environment()),
                    parts.crossEncoder(folder),
                    own.resolve("traces"),
                    own.resolve("jobs"),
                    needed(bucket),
                    new Entrance(
                        Entrance.LOOPBACK,
                        List.of(new ApiKeys(List.of(ApiKeys.hash(key)))),
                        List.of(),
                        Optional.empty()),
                    Optional::empty))) {
      return use.apply(service.url(), key);
    }
  }

  /** Only an asynchronous endpoint's requests go through the bucket. */
  private Optional<String> needed(Optional<String> bucket) {
    return switch (selection.manifest().endpoint()) {
      case EndpointSpec.Realtime _ -> Optional.empty();
      case EndpointSpec.Async _ -> bucket;
    };
  }

  /** Returns a deployment's bucket; absent where it has none yet. */
  static Optional<String> bucket(Cloud cloud, ResourceNames names) {
    return cloud
        .stacks()
        .find(names.storeStack())
        .map(StackOutputs::new)
        .flatMap(StackOutputs::bucket);
  }
}
