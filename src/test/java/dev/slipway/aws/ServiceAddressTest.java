package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.failure.OperationFailed;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.endpoints.SageMakerRuntimeEndpointProvider;

class ServiceAddressTest {
  private static URI ours(String region, boolean fips, boolean dualStack) {
    return AwsEnvironment.of(
            Optional.of(region),
            Map.of(
                "AWS_USE_FIPS_ENDPOINT", Boolean.toString(fips),
                "AWS_USE_DUALSTACK_ENDPOINT", Boolean.toString(dualStack)))
        .address("runtime.sagemaker");
  }

  private static Optional<URI> theirs(String region, boolean fips, boolean dualStack) {
    try {
      return Optional.of(
          SageMakerRuntimeEndpointProvider.defaultProvider()
              .resolveEndpoint(
                  p -> p.region(Region.of(region)).useFips(fips).useDualStack(dualStack))
              .join()
              .url());
    } catch (CompletionException none) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "us-east-1",
        "us-east-2",
        "us-west-2",
        "eu-west-1",
        "eu-central-2",
        "eu-south-2",
        "ap-southeast-7",
        "ca-west-1",
        "il-central-1",
        "me-central-1",
        "af-south-1",
        "mx-central-1",
        "cn-north-1",
        "cn-northwest-1",
        "us-gov-west-1",
        "us-gov-east-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-nowhere-9"
      })
  void itIsTheOneThatTheServicesOwnClientChooses(String region) {
    assertThat(ours(region, false, false)).isEqualTo(theirs(region, false, false).orElseThrow());
    assertThat(ours(region, true, false)).isEqualTo(theirs(region, true, false).orElseThrow());
    if (!region.startsWith("us-iso")) {
      assertThat(ours(region, false, true)).isEqualTo(theirs(region, false, true).orElseThrow());
    }
  }

  @Test
  void whereThereIsNoneItSaysWhichVariablesAskForIt() {
    assertThatExceptionOfType(OperationFailed.class)
        .isThrownBy(() -> ours("us-iso-east-1", false, true))
        .satisfies(failure -> assertThat(failure.next()).contains("AWS_USE_DUALSTACK_ENDPOINT"));
  }
}
