package dev.slipway.aws;

import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Alarms;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Images;
import dev.slipway.deploy.cloud.Scaling;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.mirror.Bucket;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Reaches AWS: one account in one region, as the standard environment says (profile, region,
 * credentials, endpoint URLs). Nothing is connected, and no credentials are looked for, before the
 * first call. Safe for use by several threads.
 */
public final class AwsCloud implements Cloud {
  private final AwsEnvironment environment;
  private final AwsClients clients;
  private final Stacks stacks;
  private final Hosting hosting;
  private final Scaling scaling;
  private final Alarms alarms;
  private final ContainerLogs logs;
  private final Account account;
  private final Images images;
  private final ContainerServices services;
  private final Lazy<SageMakerRuntimeClient> runtime;

  private AwsCloud(AwsEnvironment environment, Patience patience) {
    this.environment = environment;
    this.clients = new AwsClients(environment, patience);
    CloudFailures failures = new CloudFailures(environment);
    this.stacks = new AwsStacks(clients.cloudFormation, failures, environment.region());
    this.hosting =
        new AwsHosting(clients.sageMaker, failures, environment.endpoint("SAGEMAKER").isPresent());
    this.scaling = new AwsScaling(clients.autoScaling, failures);
    this.alarms = new AwsAlarms(clients.cloudWatch, failures);
    this.logs = new AwsLogs(clients.logs, failures, InstantSource.system());
    this.account = new AwsAccount(clients, failures, hosting);
    this.images = new AwsImages(clients.ecr, failures);
    this.services = new AwsServices(clients.ecs, failures);
    this.runtime = new Lazy<>(() -> SageMakerRuntimeClient.in(environment));
  }

  /**
   * Opens the account that the environment names.
   *
   * @param region absent for the one of {@code AWS_REGION} or of the profile
   * @param variables the process's environment
   * @throws OperationFailed if no region is named, or the configuration can't be read
   */
  public static AwsCloud open(Optional<String> region, Map<String, String> variables) {
    return open(region, variables, Patience.NORMAL);
  }

  static AwsCloud open(Optional<String> region, Map<String, String> variables, Patience patience) {
    return new AwsCloud(AwsEnvironment.of(region, variables), patience);
  }

  @Override
  public String region() {
    return environment.region();
  }

  @Override
  public Stacks stacks() {
    return stacks;
  }

  @Override
  public Hosting hosting() {
    return hosting;
  }

  @Override
  public Scaling scaling() {
    return scaling;
  }

  @Override
  public Alarms alarms() {
    return alarms;
  }

  @Override
  public ContainerLogs logs() {
    return logs;
  }

  @Override
  public Account account() {
    return account;
  }

  @Override
  public Images images() {
    return images;
  }

  @Override
  public ContainerServices services() {
    return services;
  }

  @Override
  public Bucket bucket(String name) {
    return new S3Bucket(clients.s3.get(), name, account.identity().account());
  }

  @Override
  public RuntimeClient runtime() {
    return runtime.get();
  }

  @Override
  public void close() {
    runtime.ifMade(SageMakerRuntimeClient::close);
    clients.close();
  }
}
