package dev.slipway.manifest;

import java.time.Duration;
import java.util.Optional;

/** Says how a model is hosted; one record for each endpoint kind. */
public sealed interface EndpointSpec {

  /** Returns what every kind has. */
  Hosting hosting();

  /** Returns how many instances (or copies) there are, and when that changes. */
  Scaling scaling();

  /** Returns how a change is rolled out. */
  UpdateSpec update();

  /**
   * Answers while the caller waits, whole or streamed.
   *
   * @param components whether the model is hosted as an inference component
   */
  record Realtime(Hosting hosting, Scaling scaling, UpdateSpec update, boolean components)
      implements EndpointSpec {}

  /**
   * Takes requests from S3 and puts answers there.
   *
   * @param concurrency requests at once per instance, 1-1000
   * @param output where answers go; absent means the deployment's own bucket
   * @param notifySuccess SNS topic ARN for answers
   * @param notifyError SNS topic ARN for failures
   * @param timeout how long the container may take for one request, 1 s to 1 h
   */
  record Async(
      Hosting hosting,
      Scaling scaling,
      UpdateSpec update,
      int concurrency,
      Optional<String> output,
      Optional<String> notifySuccess,
      Optional<String> notifyError,
      Duration timeout)
      implements EndpointSpec {}
}
