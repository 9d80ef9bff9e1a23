package dev.slipway.local;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.Optional;

/**
 * What another terminal needs to know of a deployment on this machine, as it is kept on disk.
 *
 * <p>Texts are empty where there is nothing to say.
 *
 * @param deployment its name
 * @param environment the overlay of the manifest
 * @param manifest the manifest's path; empty for the bundled sample
 * @param fingerprint changes whenever the manifest does
 * @param phase where it is in its life
 * @param runner the process that runs it
 * @param addresses where it listens
 * @param endpoint its endpoint
 * @param revision counts the changes of manifest or model
 * @param model which model it serves
 * @param lastError what failed last
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeploymentState(
    String deployment,
    String environment,
    String manifest,
    String fingerprint,
    Phase phase,
    Runner runner,
    Addresses addresses,
    Endpoint endpoint,
    int revision,
    Model model,
    String lastError) {

  /** Where a deployment on this machine is in its life. */
  public enum Phase {
    /** Its steps are under way. */
    STARTING,
    /** It answers, or heals itself. */
    RUNNING,
    /** It was stopped; its state is kept. */
    STOPPED,
    /** It did not come up, or its endpoint failed. */
    FAILED
  }

  /**
   * The process that runs a deployment.
   *
   * @param startedMillis when it began, in milliseconds since 1970: a pid alone may be another's by
   *     now
   */
  public record Runner(long pid, long startedMillis) {
    /** Returns this process. */
    public static Runner current() {
      ProcessHandle self = ProcessHandle.current();
      return new Runner(self.pid(), startMillis(self));
    }

    /** Returns the process, absent once it has ended. */
    public Optional<ProcessHandle> find() {
      return ProcessHandle.of(pid).filter(p -> p.isAlive() && startMillis(p) == startedMillis);
    }

    private static long startMillis(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
  }

  /**
   * Where a deployment listens.
   *
   * @param api the business layer's URL
   * @param runtime the SageMaker Runtime URL
   * @param s3 the object store's URL
   * @param region what SDKs are to be told
   * @param bucket for asynchronous inputs and outputs
   */
  public record Addresses(String api, String runtime, String s3, String region, String bucket) {}

  /**
   * The endpoint of a deployment.
   *
   * @param status in SageMaker's words
   * @param kind the endpoint kind
   * @param server what plays the container
   */
  public record Endpoint(String name, String status, String kind, String server) {}

  /** The model of a deployment. */
  public record Model(String source, String commit) {}

  /** Returns this in another phase, with what failed. */
  public DeploymentState in(Phase next, String error) {
    return new DeploymentState(
        deployment,
        environment,
        manifest,
        fingerprint,
        next,
        runner,
        addresses,
        endpoint,
        revision,
        model,
        error);
  }

  /** Returns this serving a model, as a revision. */
  public DeploymentState serving(Model served, int asRevision) {
    return new DeploymentState(
        deployment,
        environment,
        manifest,
        fingerprint,
        phase,
        runner,
        addresses,
        endpoint,
        asRevision,
        served,
        lastError);
  }

  /** Returns this with its addresses. */
  public DeploymentState at(Addresses where) {
    return new DeploymentState(
        deployment,
        environment,
        manifest,
        fingerprint,
        phase,
        runner,
        where,
        endpoint,
        revision,
        model,
        lastError);
  }

  /** Returns this with the endpoint as it is now. */
  public DeploymentState with(Endpoint now, String error) {
    return new DeploymentState(
        deployment,
        environment,
        manifest,
        fingerprint,
        phase,
        runner,
        addresses,
        now,
        revision,
        model,
        error);
  }
}
