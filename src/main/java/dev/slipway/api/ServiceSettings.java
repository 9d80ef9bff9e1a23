package dev.slipway.api;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Snapshot;
import dev.slipway.rag.index.PassagePlace;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Says what one business layer serves, with what, and where.
 *
 * @param version of Slipway, for the OpenAPI document
 * @param manifest retrieval, prompt and limits come from here
 * @param port where it listens; 0 takes a free one
 * @param endpoint whom it asks
 * @param component which inference component of it; absent if it hosts none
 * @param loopback the local target; absent means that the standard AWS environment says where
 * @param beside asks a model that answers beside the service; absent means that the endpoint does.
 *     It is closed with the service
 * @param snapshot the model, where its files are on this machine: its tokenizer counts exactly
 * @param contextLength tokens that fit into the window at the endpoint; absent where unknown
 * @param passages where the passages are
 * @param crossEncoder the folder of the manifest's cross-encoder, on this machine; absent if it
 *     names none, or if it couldn't be had: the search's order stays
 * @param traces the folder of prompt monitoring
 * @param jobs the folder of questions whose callers come back for the answer
 * @param bucket the deployment's own, for jobs and for the requests of an asynchronous endpoint;
 *     absent where there is none: jobs are kept in their folder then
 * @param entrance who is let in, and how; closed with the service
 * @param endpointReadiness why the endpoint can't be asked now; absent if it can
 */
public record ServiceSettings(
    String version,
    Manifest manifest,
    int port,
    EndpointName endpoint,
    Optional<String> component,
    Optional<Loopback> loopback,
    Optional<RuntimeClient> beside,
    Optional<Snapshot> snapshot,
    OptionalInt contextLength,
    PassagePlace passages,
    Optional<Path> crossEncoder,
    Path traces,
    Path jobs,
    Optional<String> bucket,
    Entrance entrance,
    Supplier<Optional<String>> endpointReadiness) {

  /**
   * Where the local target listens.
   *
   * @param runtime its SageMaker Runtime URL
   * @param region any: the local target looks at no signature
   * @param objects its S3 URL
   */
  public record Loopback(URI runtime, String region, URI objects) {}
}
