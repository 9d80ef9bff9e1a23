package dev.slipway.aws;

import dev.slipway.model.mirror.Bucket;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Opens the buckets of one address on this machine, whatever the environment says: no profile, no
 * proxy, no credentials of the user's are looked at. Thread-safe.
 */
public final class LoopbackObjects implements AutoCloseable {
  /** The account that stand-ins of AWS give everything to. */
  private static final String ACCOUNT = "123456789012";

  private final SdkHttpClient http;
  private final S3Client client;

  private LoopbackObjects(SdkHttpClient http, S3Client client) {
    this.http = http;
    this.client = client;
  }

  /** Reaches an object store that speaks S3, such as the local target's. */
  public static LoopbackObjects at(URI address, String region) {
    SdkHttpClient http =
        ApacheHttpClient.builder()
            .proxyConfiguration(
                ProxyConfiguration.builder()
                    .useSystemPropertyValues(false)
                    .useEnvironmentVariableValues(false)
                    .build())
            .build();
    ProfileFile noProfiles = ProfileFile.aggregator().build();
    S3Client client =
        S3Client.builder()
            .endpointOverride(address)
            .region(Region.of(region))
            .forcePathStyle(true)
            .httpClient(http)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .overrideConfiguration(override -> override.defaultProfileFile(noProfiles))
            .build();
    return new LoopbackObjects(http, client);
  }

  /** Opens a bucket, which may be closed before this. */
  public Bucket bucket(String name) {
    return new S3Bucket(client, name, ACCOUNT);
  }

  @Override
  public void close() {
    client.close();
    http.close();
  }
}
