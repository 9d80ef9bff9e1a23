package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

final class AwsEnvironmentTest {
  private final Map<String, String> variables = new HashMap<>();

  AwsEnvironmentTest(@TempDir Path home) throws IOException {
    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws").resolve("config"),
        """
        [default]
        region = eu-north-1

        [profile work]
        region = us-west-2
        endpoint_url = http://profile.example:1
        services = mine

        [profile bare]
        output = json

        [services mine]
        sagemaker =
          endpoint_url = http://section.example:2
        """);
    Files.writeString(
        home.resolve(".aws").resolve("credentials"),
        """
        [work]
        aws_access_key_id = AKIDWORK
        aws_secret_access_key = work
        """);
    variables.put("HOME", home.toString());
  }

  private AwsEnvironment environment() {
    return AwsEnvironment.of(Optional.empty(), variables);
  }

  @Test
  void theRegionAskedForComesFirstThenTheVariableThenTheProfiles() {
    assertThat(environment().region()).isEqualTo("eu-north-1");
    variables.put("AWS_PROFILE", "work");
    assertThat(environment().region()).isEqualTo("us-west-2");
    variables.put("AWS_DEFAULT_REGION", "eu-west-3");
    assertThat(environment().region()).isEqualTo("eu-west-3");
    variables.put("AWS_REGION", "eu-west-2");
    assertThat(environment().region()).isEqualTo("eu-west-2");
    assertThat(AwsEnvironment.of(Optional.of("us-gov-west-1"), variables).region())
        .isEqualTo("us-gov-west-1");
  }

  @Test
  void withoutARegionItSaysWhereToNameOne() {
    variables.put("AWS_PROFILE", "bare");

    assertThatExceptionOfType(OperationFailed.class)
        .isThrownBy(this::environment)
        .satisfies(
            failure -> {
              assertThat(failure.code()).isEqualTo("aws_environment");
              assertThat(failure.why()).contains("no region").contains("\"bare\"");
              assertThat(failure.next()).contains("AWS_REGION").contains("`region:`");
            });
  }

  @Test
  void whatIsNoRegionIsRefusedBeforeItBecomesAHostName() {
    for (String region : new String[] {"Ireland", "evil.example/", "eu-west"}) {
      assertThatExceptionOfType(OperationFailed.class)
          .isThrownBy(() -> AwsEnvironment.of(Optional.of(region), variables))
          .withMessageContaining(region);
    }
  }

  @Test
  void anEndpointUrlForOneServiceComesBeforeTheOneForAllAndVariablesBeforeProfiles() {
    variables.put("AWS_PROFILE", "work");
    assertThat(environment().endpoint("SAGEMAKER"))
        .contains(URI.create("http://section.example:2"));
    assertThat(environment().endpoint("STS")).contains(URI.create("http://profile.example:1"));

    variables.put("AWS_ENDPOINT_URL", "http://all.example:3");
    assertThat(environment().endpoint("SAGEMAKER"))
        .contains(URI.create("http://section.example:2"));
    assertThat(environment().endpoint("STS")).contains(URI.create("http://all.example:3"));

    variables.put("AWS_ENDPOINT_URL_SAGEMAKER", "https://one.example");
    assertThat(environment().endpoint("SAGEMAKER")).contains(URI.create("https://one.example"));

    variables.put("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    assertThat(environment().endpoint("SAGEMAKER")).isEmpty();
  }

  @Test
  void whatIsNoAddressIsRefusedWithTheVariablesName() {
    variables.put("AWS_ENDPOINT_URL_STS", "localhost");

    assertThatExceptionOfType(OperationFailed.class)
        .isThrownBy(() -> environment().endpoint("STS"))
        .satisfies(failure -> assertThat(failure.next()).contains("AWS_ENDPOINT_URL_STS"));
  }

  @Test
  void credentialsComeFromTheVariablesBeforeTheProfile() {
    variables.put("AWS_PROFILE", "work");
    assertThat(environment().credentials().resolveCredentials().accessKeyId())
        .isEqualTo("AKIDWORK");

    variables.put("AWS_ACCESS_KEY_ID", "AKIDMINE");
    variables.put("AWS_SECRET_ACCESS_KEY", "mine");
    variables.put("AWS_SESSION_TOKEN", "session");
    AwsCredentials credentials = environment().credentials().resolveCredentials();
    assertThat(credentials.accessKeyId()).isEqualTo("AKIDMINE");
    assertThat(credentials)
        .isInstanceOfSatisfying(
            AwsSessionCredentials.class,
            session -> assertThat(session.sessionToken()).isEqualTo("session"));
  }
}
