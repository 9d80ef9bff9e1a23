package dev.slipway.cli;

import dev.slipway.api.ApiKeys;
import dev.slipway.api.Entrance;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.StackOutputs;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.Refused;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.plan.ResourceNames;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The business layer in this process, over an endpoint in the cloud, or a model beside it as the
 * deployed one has, and the index of this machine, for as long as it is asked. Nobody else can ask
 * it: its key is made anew each time.
 */
final class OwnService {
  private static final int KEY_BYTES = 32;
  private static final Duration STARTUP = Duration.ofMinutes(10);

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
   * @throws Refused if nothing was indexed here
   */
  static OwnService of(Surroundings surroundings, ManifestOptions.Selection selection) {
    Manifest manifest = selection.manifest();
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
   * Starts it over an endpoint, has it used, and stops it.
   *
   * @param bucket the deployment's; absent where there is none
   * @param use gets its address and its key
   */
  <T> T with(
      EndpointName endpoint,
      Optional<String> component,
      Optional<String> bucket,
      BiFunction<String, String, T> use) {
    folder.create();
    Optional<Snapshot> snapshot =
        new ServiceParts(surroundings, selection).small(ServedModel.of(selection, folder));
    return with(
        new Answering(
            endpoint,
            component,
            Optional.empty(),
            snapshot,
            snapshot.map(s -> s.facts().contextLength()).orElse(OptionalInt.empty()),
            Optional::empty),
        bucket,
        use);
  }

  /**
   * Starts it with the model that answers beside it, has it used, and stops both.
   *
   * @param bucket the deployment's; absent where there is none
   * @param use gets its address and its key
   */
  <T> T withItsModel(Optional<String> bucket, BiFunction<String, String, T> use) {
    folder.create();
    PinnedModel pinned =
        ServedModel.of(selection, folder).pinned(surroundings, selection.manifest());
    Snapshot snapshot = pinned.pin();
    LocalModel.needGguf(snapshot); // before gigabytes are fetched in vain
    try (var line = new TransferLine(surroundings.console())) {
      snapshot = pinned.fetch(snapshot, line);
    }
    var model = new LocalModel(selection.manifest(), snapshot);
    EndpointName name = ResourceNames.of(selection.manifest()).endpoint();
    StateFolder own = own();
    own.create();
    own.clearTemporary();
    try (LocalEngine engine = surroundings.adapters().engine(name, model.container(), own)) {
      engine.awaitReady(STARTUP);
      return with(
          new Answering(
              name,
              Optional.empty(),
              Optional.of(engine.client()),
              Optional.of(snapshot),
              OptionalInt.of(model.window()),
              engine::unready),
          bucket,
          use);
    }
  }

  /**
   * What answers.
   *
   * @param beside asks a model of this machine; absent for the endpoint
   * @param snapshot what there is to know of the model
   * @param window its tokens
   * @param unready why it can't be asked now
   */
  private record Answering(
      EndpointName endpoint,
      Optional<String> component,
      Optional<RuntimeClient> beside,
      Optional<Snapshot> snapshot,
      OptionalInt window,
      Supplier<Optional<String>> unready) {}

  /** Returns where its traces and jobs are, beside those of a service that may run here now. */
  private StateFolder own() {
    return new StateFolder(folder.path().resolve("eval"));
  }

  private <T> T with(
      Answering answering, Optional<String> bucket, BiFunction<String, String, T> use) {
    Manifest manifest = selection.manifest();
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String key = HexFormat.of().formatHex(random);
    var parts = new ServiceParts(surroundings, selection);
    try (Service service =
        surroundings
            .adapters()
            .serve(
                new ServiceSettings(
                    BuildVersion.number(),
                    manifest,
                    0,
                    answering.endpoint(),
                    answering.component(),
                    Optional.empty(),
                    answering.beside(),
                    answering.snapshot(),
                    answering.window(),
                    StoreKey.place(manifest, folder.index(), surroundings.environment()),
                    parts.crossEncoder(folder),
                    own().traces(),
                    own().jobs(),
                    needed(bucket),
                    new Entrance(
                        Entrance.LOOPBACK,
                        List.of(new ApiKeys(List.of(ApiKeys.hash(key)))),
                        List.of(),
                        Optional.empty()),
                    answering.unready()))) {
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
