package dev.slipway.cli;

import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.hub.FileRegistry;
import dev.slipway.hub.HashCache;
import dev.slipway.image.ImageBuilder;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelRegistry;
import dev.slipway.plan.Synthesizer;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.PassageStores;
import dev.slipway.trace.TraceLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reaches a simulated account, and models of this machine, which it can run; nothing else. */
record SimulatedAdapters(
    Cloud simulated,
    Pace pace,
    Synthesizer synthesizer,
    ImageBuilder builder,
    Function<Path, ModelRegistry> registries)
    implements Adapters {

  /** Reaches an account for which no image is to be built. */
  SimulatedAdapters(Cloud simulated, Pace pace, Synthesizer synthesizer) {
    this(
        simulated,
        pace,
        synthesizer,
        (_, _, _) -> {
          throw new AssertionError("no image is to be built here");
        });
  }

  /** Reaches an account, and models that are files. */
  SimulatedAdapters(Cloud simulated, Pace pace, Synthesizer synthesizer, ImageBuilder builder) {
    this(simulated, pace, synthesizer, builder, cache -> new FileRegistry(new HashCache(cache)));
  }

  /** Reaches an account in which nothing is to be synthesized. */
  static SimulatedAdapters of(Cloud cloud, Pace pace) {
    return new SimulatedAdapters(
        cloud,
        pace,
        (_, _, _) -> {
          throw new AssertionError("only an account is simulated here");
        });
  }

  @Override
  public ModelRegistry models(Path cache, Optional<String> region) {
    return registries.apply(cache);
  }

  @Override
  public Synthesizer synthesizer(Path cache) {
    return synthesizer;
  }

  @Override
  public Cloud cloud(Optional<String> region) {
    return simulated;
  }

  @Override
  public LocalTarget host(LocalTarget.Settings settings) {
    throw new AssertionError("only an account is simulated here");
  }

  @Override
  public LocalEngine engine(EndpointName name, ContainerSpec container, StateFolder folder) {
    return LocalEngine.start(name, container, folder);
  }

  @Override
  public ImageBuilder images(Path cache) {
    return builder;
  }

  @Override
  public Service serve(ServiceSettings settings) {
    return dev.slipway.api.Main.start(
        new ServiceSettings(
            settings.version(),
            settings.manifest(),
            settings.port(),
            settings.endpoint(),
            settings.component(),
            settings.loopback(),
            settings.beside().or(() -> Optional.of(simulated.runtime())),
            settings.snapshot(),
            settings.contextLength(),
            settings.passages(),
            settings.crossEncoder(),
            settings.traces(),
            settings.jobs(),
            settings.bucket(),
            settings.entrance(),
            settings.endpointReadiness()));
  }

  @Override
  public IndexReport index(
      PassagePlace place,
      Path base,
      PassageSize size,
      List<Path> paths,
      String collection,
      IndexProgress progress) {
    throw new AssertionError("only an account is simulated here");
  }

  @Override
  public void read(PassagePlace place) {
    try (var store = PassageStores.open(place, VectorSpace.of(embedder()))) {
      store.values(List.of("docs"), "source", Map.of(), 1);
    }
  }

  @Override
  public dev.slipway.access.KeyStore keys(String secret, Optional<String> region) {
    throw new AssertionError("only an account is simulated here");
  }

  @Override
  public dev.slipway.rag.Embedder embedder() {
    return new HashingEmbedder();
  }

  @Override
  public TraceLog traces(Path folder) {
    throw new AssertionError("only an account is simulated here");
  }
}
