package dev.slipway.cli;

import dev.slipway.access.KeyStore;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.image.ImageBuilder;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelRegistry;
import dev.slipway.plan.Synthesizer;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import dev.slipway.trace.TraceLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes what reaches out of the core; only {@link Main} knows how. */
interface Adapters {

  /**
   * Returns the registries, with their caches below a folder.
   *
   * @param region where AWS's are asked; absent for the profile's
   */
  ModelRegistry models(Path cache, Optional<String> region);

  /** Starts the local target. */
  LocalTarget host(LocalTarget.Settings settings);

  /** Starts a model beside the service. */
  LocalEngine engine(EndpointName name, ContainerSpec container, StateFolder folder);

  /** Builds container images, with what can be used again below a cache folder. */
  ImageBuilder images(Path cache);

  /** Starts the business layer. */
  Service serve(ServiceSettings settings);

  /**
   * Brings a collection in step with files and folders.
   *
   * @param place where passages are kept
   * @param base the folder that the sources' names start from
   * @param size of the passages
   */
  IndexReport index(
      PassagePlace place,
      Path base,
      PassageSize size,
      List<Path> paths,
      String collection,
      IndexProgress progress);

  /**
   * Reads from an index, as the first question would.
   *
   * @throws dev.slipway.failure.OperationFailed if it can't be read, or holds another embedder's
   *     vectors
   */
  void read(PassagePlace place);

  /**
   * Reaches the account that the environment's credentials are of.
   *
   * @param region absent for the profile's
   */
  Cloud cloud(Optional<String> region);

  /** Makes templates, kept below a cache folder. */
  Synthesizer synthesizer(Path cache);

  /** Tells the time, and waits. */
  Pace pace();

  /**
   * Keeps API keys in a secret of the account.
   *
   * @param region absent for the profile's
   */
  KeyStore keys(String secret, Optional<String> region);

  /** Makes what embeds texts; it loads its weights on first use. */
  Embedder embedder();

  /** Opens recorded traces for reading. */
  TraceLog traces(Path folder);
}
