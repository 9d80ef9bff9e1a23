package dev.slipway.manifest;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what every endpoint kind has.
 *
 * @param server which serving software
 * @param instances instance types in order of preference; empty means {@code auto}
 * @param environment container variables; never secrets
 * @param engine what plays the container on the local target
 * @param network the VPC; empty subnets mean none
 * @param kmsKey encrypts what the endpoint stores
 * @param capturePercent how much of the traffic is captured, 0-100
 * @param smoke the request that must succeed before a deploy does
 */
public record Hosting(
    Server server,
    List<String> instances,
    Map<String, String> environment,
    Engine engine,
    Network network,
    Optional<String> kmsKey,
    int capturePercent,
    Smoke smoke) {

  /** Copies the collections. */
  public Hosting {
    instances = List.copyOf(instances);
    environment = Map.copyOf(environment);
  }

  /** Names the serving software. */
  public sealed interface Server {
    /** vLLM's SageMaker image. */
    record Vllm() implements Server {}

    /** Large Model Inference (DJL). */
    record Lmi() implements Server {}

    /** Text Embeddings Inference. */
    record Tei() implements Server {}

    /** llama.cpp, on the local target only. */
    record LlamaCpp() implements Server {}

    /**
     * The user's own image.
     *
     * @param uri the image URI
     */
    record Image(String uri) implements Server {}
  }

  /** Names what plays the container on the local target. */
  public sealed interface Engine {
    /** llama.cpp in a child process. */
    record Embedded() implements Engine {}

    /**
     * A container or server that already runs on this machine.
     *
     * @param url its {@code http://host:port}, with a path prefix if it has one
     */
    record Proxy(URI url) implements Engine {}
  }

  /**
   * Says which VPC the endpoint lives in.
   *
   * @param isolation whether the container has no network at all
   */
  public record Network(List<String> subnets, List<String> securityGroups, boolean isolation) {
    /** Copies the lists. */
    public Network {
      subnets = List.copyOf(subnets);
      securityGroups = List.copyOf(securityGroups);
    }
  }

  /**
   * Says what the endpoint is asked before a deploy counts as done.
   *
   * @param prompt the user message
   * @param timeout how long the answer may take
   */
  public record Smoke(String prompt, Duration timeout) {}
}
