package dev.slipway.aws;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.servicequotas.ServiceQuotasClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Makes the SDK's clients, each when it is first used, over one shared pool of connections. Safe
 * for use by several threads.
 */
final class AwsClients implements AutoCloseable {
  /** The mirror sends parts side by side; everything else is one call after another. */
  private static final int CONNECTIONS = 64;

  private final AwsEnvironment environment;
  private final Patience patience;
  private final Lazy<SdkHttpClient> http;
  private final Lazy<AwsCredentialsProvider> credentials;
  private final List<Lazy<? extends SdkClient>> clients = new ArrayList<>();

  final Lazy<CloudFormationClient> cloudFormation;
  final Lazy<SageMakerClient> sageMaker;
  final Lazy<ApplicationAutoScalingClient> autoScaling;
  final Lazy<CloudWatchClient> cloudWatch;
  final Lazy<CloudWatchLogsClient> logs;
  final Lazy<ServiceQuotasClient> quotas;
  final Lazy<PricingClient> pricing;
  final Lazy<StsClient> sts;
  final Lazy<IamClient> iam;
  final Lazy<EcrClient> ecr;
  final Lazy<EcsClient> ecs;
  final Lazy<S3Client> s3;
  final Lazy<SecretsManagerClient> secrets;

  AwsClients(AwsEnvironment environment, Patience patience) {
    this.environment = environment;
    this.patience = patience;
    this.http =
        new Lazy<>(
            () ->
                ApacheHttpClient.builder()
                    .maxConnections(CONNECTIONS)
                    .connectionTimeout(patience.connect())
                    .connectionAcquisitionTimeout(patience.read())
                    .socketTimeout(patience.read())
                    .build());
    this.credentials = new Lazy<>(environment::credentials);
    cloudFormation = client(() -> build(CloudFormationClient.builder(), "CLOUDFORMATION"));
    sageMaker =
        client(
            () ->
                build(
                    SageMakerClient.builder(),
                    "SAGEMAKER",
                    calls().addExecutionInterceptor(new FirstOfPools())));
    autoScaling =
        client(() -> build(ApplicationAutoScalingClient.builder(), "APPLICATION_AUTO_SCALING"));
    cloudWatch = client(() -> build(CloudWatchClient.builder(), "CLOUDWATCH"));
    logs = client(() -> build(CloudWatchLogsClient.builder(), "CLOUDWATCH_LOGS"));
    quotas = client(() -> build(ServiceQuotasClient.builder(), "SERVICE_QUOTAS"));
    pricing =
        client(
            () ->
                build(PricingClient.builder(), "PRICING", calls(), pricesOf(environment.region())));
    sts = client(() -> build(StsClient.builder(), "STS"));
    iam = client(() -> build(IamClient.builder(), "IAM"));
    ecr = client(() -> build(EcrClient.builder(), "ECR"));
    ecs = client(() -> build(EcsClient.builder(), "ECS"));
    s3 = client(this::objects);
    secrets = client(() -> build(SecretsManagerClient.builder(), "SECRETS_MANAGER"));
  }

  AwsEnvironment environment() {
    return environment;
  }

  private <C extends SdkClient> Lazy<C> client(Supplier<C> maker) {
    Lazy<C> client = new Lazy<>(maker);
    clients.add(client);
    return client;
  }

  /**
   * S3's own: parts of a model take as long as they take while bytes flow, so tries aren't timed;
   * an address that was configured is that of one server without names for each bucket.
   */
  private S3Client objects() {
    Optional<URI> address = environment.endpoint("S3");
    return build(
        S3Client.builder().forcePathStyle(address.isPresent()),
        "S3",
        ClientOverrideConfiguration.builder());
  }

  private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C build(
      B builder, String service) {
    return build(builder, service, calls());
  }

  private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C build(
      B builder, String service, ClientOverrideConfiguration.Builder calls) {
    return build(builder, service, calls, Region.of(environment.region()));
  }

  private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C build(
      B builder, String service, ClientOverrideConfiguration.Builder calls, Region region) {
    environment.endpoint(service).ifPresent(builder::endpointOverride);
    return builder
        .region(region)
        .httpClient(http.get())
        .credentialsProvider(credentials.get())
        .overrideConfiguration(
            calls
                .defaultProfileFile(environment.profiles())
                .defaultProfileName(environment.profileName())
                .retryStrategy(
                    AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(patience.attempts())
                        .build())
                .build())
        .build();
  }

  private ClientOverrideConfiguration.Builder calls() {
    return ClientOverrideConfiguration.builder()
        .apiCallAttemptTimeout(patience.attempt())
        .apiCallTimeout(patience.whole());
  }

  /** Returns the nearest of the few regions that the price list is served from. */
  private static Region pricesOf(String region) {
    if (region.startsWith("cn-")) {
      return Region.CN_NORTHWEST_1;
    }
    if (region.startsWith("eu-")) {
      return Region.EU_CENTRAL_1;
    }
    return region.startsWith("ap-") ? Region.AP_SOUTH_1 : Region.US_EAST_1;
  }

  @Override
  public void close() {
    for (Lazy<? extends SdkClient> client : clients) {
      client.ifMade(SdkClient::close);
    }
    http.ifMade(SdkHttpClient::close);
  }
}
