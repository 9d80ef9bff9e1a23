package dev.slipway.aws;

import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeAsyncClientBuilder;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointAsyncResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamRequest;

/**
 * Calls SageMaker Runtime with the AWS SDK: in the cloud, or at a local target that speaks the same
 * protocol. Each call is one request. Thread-safe; made for callers on virtual threads, each of
 * which waits for its answer.
 */
public final class SageMakerRuntimeClient implements RuntimeClient {
  /** SageMaker answers within 60 s; the socket waits a little longer, to hear its error. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(70);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** A stream holds its connection to the end: room for 256 of them, and for whole answers too. */
  private static final int CONNECTIONS = 320;

  /** Time for connections to close; the SDK's own closing waits two seconds for late work. */
  private static final Duration CLOSE_QUIET = Duration.ofMillis(100);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final SdkEventLoopGroup threads;
  private final SageMakerRuntimeAsyncClient client;
  private final String address;

  private SageMakerRuntimeClient(
      SdkEventLoopGroup threads, SageMakerRuntimeAsyncClient client, String address) {
    this.threads = threads;
    this.client = client;
    this.address = address;
  }

  /**
   * Connects as the standard AWS environment says: profile, region, credentials, endpoint URLs,
   * proxy.
   *
   * @param region comes before the environment's; absent for that
   * @throws OperationFailed if there is no region, or the environment can't be read
   */
  public static SageMakerRuntimeClient fromEnvironment(Optional<String> region) {
    return in(AwsEnvironment.of(region, System.getenv()));
  }

  /** Connects as an environment says that was read already. */
  static SageMakerRuntimeClient in(AwsEnvironment environment) {
    Optional<URI> address = environment.endpoint("SAGEMAKER_RUNTIME");
    SageMakerRuntimeAsyncClientBuilder builder =
        SageMakerRuntimeAsyncClient.builder()
            .region(Region.of(environment.region()))
            .credentialsProvider(environment.credentials())
            .overrideConfiguration(
                override ->
                    override
                        .defaultProfileFile(environment.profiles())
                        .defaultProfileName(environment.profileName()));
    address.ifPresent(builder::endpointOverride);
    return connect(builder, http(), address.map(URI::toString).orElse("SageMaker Runtime"));
  }

  /**
   * Connects to one address with the credentials given, whatever the environment says: no profile,
   * no proxy, no other endpoint URL is looked at.
   *
   * @param endpoint the base address, such as {@code http://127.0.0.1:8080}
   * @param region as a local target has it
   */
  public static SageMakerRuntimeClient at(
      URI endpoint, String region, String accessKeyId, String secretAccessKey) {
    ProxyConfiguration direct =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false)
            .build();
    ProfileFile noProfiles = ProfileFile.aggregator().build();
    return connect(
        SageMakerRuntimeAsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.of(region))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(accessKeyId, secretAccessKey)))
            .overrideConfiguration(override -> override.defaultProfileFile(noProfiles)),
        http().proxyConfiguration(direct),
        endpoint.toString());
  }

  private static NettyNioAsyncHttpClient.Builder http() {
    return NettyNioAsyncHttpClient.builder()
        .maxConcurrency(CONNECTIONS)
        .connectionTimeout(CONNECT_TIMEOUT)
        .readTimeout(READ_TIMEOUT);
  }

  private static SageMakerRuntimeClient connect(
      SageMakerRuntimeAsyncClientBuilder builder,
      NettyNioAsyncHttpClient.Builder http,
      String address) {
    SdkEventLoopGroup threads = SdkEventLoopGroup.builder().build();
    try {
      SageMakerRuntimeAsyncClient client =
          builder
              .httpClientBuilder(http.eventLoopGroup(threads))
              .overrideConfiguration(
                  builder.overrideConfiguration().toBuilder()
                      // PatientClient decides: it knows whether a part has gone out, and the
                      // deadline.
                      .retryStrategy(DefaultRetryStrategy.doNotRetry())
                      .build())
              // What completes here only wakes a waiting thread: no pool is needed for that.
              .asyncConfiguration(
                  async ->
                      async.advancedOption(
                          SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
              .build();
      return new SageMakerRuntimeClient(threads, client, address);
    } catch (RuntimeException unusable) {
      stop(threads);
      throw unusable;
    }
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    RuntimeFailures failures = new RuntimeFailures(invocation.endpoint(), address);
    CompletableFuture<InvokeEndpointResponse> answer =
        client.invokeEndpoint(
            InvokeEndpointRequest.builder()
                .endpointName(invocation.endpoint().value())
                .inferenceComponentName(invocation.component().orElse(null))
                .contentType(invocation.contentType())
                .accept(invocation.accept())
                .body(SdkBytes.fromByteArrayUnsafe(invocation.body()))
                .build());
    try {
      long nanos = invocation.deadline().remaining().toNanos();
      SdkBytes body = answer.get(nanos, TimeUnit.NANOSECONDS).body();
      return body == null ? new byte[0] : body.asByteArrayUnsafe();
    } catch (ExecutionException failed) {
      throw failures.of(failed);
    } catch (TimeoutException over) {
      throw failures.timeout(over);
    } catch (InterruptedException interrupted) {
      throw interrupted();
    } finally {
      // Closes the connection of a call that is not over, so that the container stops.
      answer.cancel(true);
    }
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    RuntimeFailures failures = new RuntimeFailures(invocation.endpoint(), address);
    PartStream parts = new PartStream();
    CompletableFuture<Void> call =
        client.invokeEndpointWithResponseStream(
            InvokeEndpointWithResponseStreamRequest.builder()
                .endpointName(invocation.endpoint().value())
                .inferenceComponentName(invocation.component().orElse(null))
                .contentType(invocation.contentType())
                .accept(invocation.accept())
                .body(SdkBytes.fromByteArrayUnsafe(invocation.body()))
                .build(),
            parts);
    var unused = call.whenComplete((done, failure) -> parts.ended(failure));
    try {
      for (Optional<byte[]> part = parts.next(invocation.deadline());
          part.isPresent();
          part = parts.next(invocation.deadline())) {
        sink.accept(part.get());
      }
    } catch (PartStream.Broken broken) {
      throw failures.of(broken.getCause());
    } catch (TimeoutException over) {
      throw failures.timeout(over);
    } catch (InterruptedException interrupted) {
      throw interrupted();
    } finally {
      // However it ended, the sink's failure too: nobody reads on, so the connection is closed.
      parts.cancel();
      call.cancel(true);
    }
  }

  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    RuntimeFailures failures = new RuntimeFailures(invocation.endpoint(), address);
    CompletableFuture<InvokeEndpointAsyncResponse> answer =
        client.invokeEndpointAsync(
            InvokeEndpointAsyncRequest.builder()
                .endpointName(invocation.endpoint().value())
                .inputLocation(invocation.input())
                .contentType(invocation.contentType())
                .accept(invocation.accept())
                .invocationTimeoutSeconds(
                    Math.toIntExact(Math.max(1, invocation.timeout().toSeconds())))
                .build());
    try {
      InvokeEndpointAsyncResponse places = answer.get(READ_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      return new AsyncPlaces(
          places.outputLocation(), Optional.ofNullable(places.failureLocation()));
    } catch (ExecutionException failed) {
      throw failures.of(failed);
    } catch (TimeoutException over) {
      throw failures.timeout(over);
    } catch (InterruptedException interrupted) {
      throw interrupted();
    } finally {
      answer.cancel(true);
    }
  }

  private static Interrupted interrupted() {
    Thread.currentThread().interrupt();
    return new Interrupted(
        "The wait for the endpoint was interrupted",
        "this process was told to stop.",
        "Ask again.");
  }

  @Override
  public void close() {
    client.close();
    stop(threads);
  }

  private static void stop(SdkEventLoopGroup threads) {
    threads
        .eventLoopGroup()
        .shutdownGracefully(CLOSE_QUIET.toMillis(), CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
  }
}
