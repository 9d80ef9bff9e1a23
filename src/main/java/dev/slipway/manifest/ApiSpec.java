package dev.slipway.manifest;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Says how the business layer listens.
 *
 * @param host where it runs
 * @param engine what answers
 * @param port its TCP port; 0 means a free one
 * @param keys the secret that holds the API keys; absent means none are asked for
 * @param limits what it takes at most
 */
public record ApiSpec(
    Host host, Engine engine, int port, Optional<SecretReference> keys, Limits limits) {

  /** Where the business layer runs. */
  public enum Host {
    /** This machine. */
    LOCAL,
    /** ECS on Fargate. */
    FARGATE
  }

  /** What answers. */
  public enum Engine {
    /** The endpoint. */
    ENDPOINT,
    /** A small GGUF beside the service. */
    EMBEDDED
  }

  /**
   * Says what the business layer takes at most.
   *
   * @param concurrency questions at once; one more gets 503
   * @param requestsPerMinute per caller; one more gets 429
   * @param tokensPerDay per caller; absent means no budget
   * @param bodyBytes the request body
   * @param deadline for one question, streamed or not
   */
  public record Limits(
      int concurrency,
      int requestsPerMinute,
      OptionalLong tokensPerDay,
      long bodyBytes,
      Duration deadline) {}
}
