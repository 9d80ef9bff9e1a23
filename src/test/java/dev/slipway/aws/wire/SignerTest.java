package dev.slipway.aws.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

class SignerTest {
  private static final String ODD = " \t!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ab  Z09";
  private static final String PATH = "abcXYZ019-_.~";

  private final Random random = new Random(20261123);

  private String text(String of, int least, int most) {
    StringBuilder text = new StringBuilder();
    for (int length = least + random.nextInt(most - least + 1); length > 0; length--) {
      text.append(of.charAt(random.nextInt(of.length())));
    }
    return text.toString();
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int segments = 1 + random.nextInt(4); segments > 0; segments--) {
      path.append('/').append(text(PATH, 1, 20).replaceAll("^\\.+$", "dots"));
      for (int odd = random.nextInt(3); odd > 0; odd--) {
        path.append('%').append(String.format("%02X", 0x20 + random.nextInt(0xd0)));
      }
    }
    return path.toString();
  }

  private static Optional<String> signedBySdk(
      String region, String path, List<Header> headers, byte[] body, Keys keys, Instant now) {
    AwsCredentialsIdentity identity =
        keys.token().isPresent()
            ? AwsSessionCredentialsIdentity.create(keys.id(), keys.secret(), keys.token().get())
            : AwsCredentialsIdentity.create(keys.id(), keys.secret());
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("https://runtime.example" + path));
    headers.forEach(header -> request.putHeader(header.name(), header.value()));
    return AwsV4HttpSigner.create()
        .sign(
            sign ->
                sign.identity(identity)
                    .request(request.build())
                    .payload(ContentStreamProvider.fromInputStream(new ByteArrayInputStream(body)))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sagemaker")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)))
        .request()
        .firstMatchingHeader("Authorization");
  }

  @Test
  void everyRequestIsSignedAsTheSdkSignsIt() {
    Signer signer = new Signer("eu-west-1", "sagemaker");
    Keys[] everyone = {
      new Keys("AKIDONE", "one/+secret", Optional.empty()),
      new Keys("AKIDTWO", "two", Optional.of("a/token+of==a session")),
    };
    for (int i = 0; i < 300; i++) {
      Instant now = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(200_000_000));
      List<Header> headers = new ArrayList<>();
      headers.add(new Header("host", "runtime.example"));
      for (int more = random.nextInt(5); more > 0; more--) {
        String value = text(ODD, 0, 30);
        headers.add(new Header("x-" + text("abcdefgh0-", 1, 12) + more, value));
      }
      byte[] body = text(ODD + "é漢", 0, 200).getBytes(StandardCharsets.UTF_8);
      String path = path();
      Keys keys = everyone[random.nextInt(2)];

      List<Header> signed = signer.sign(path, headers, body, keys, now);

      assertThat(value(signed, "authorization"))
          .as("%s %s", path, headers)
          .isEqualTo(signedBySdk("eu-west-1", path, headers, body, keys, now));
      assertThat(value(signed, "x-amz-security-token")).isEqualTo(keys.token());
    }
  }

  @Test
  void theKeyOfADayIsNotUsedForAnotherDayOrSomeoneElse() {
    Signer signer = new Signer("us-west-2", "sagemaker");
    List<Header> host = List.of(new Header("host", "runtime.example"));
    Instant now = Instant.parse("2026-11-23T23:59:59Z");
    for (Instant at : List.of(now, now.plusSeconds(1), now)) {
      for (String secret : List.of("one", "two", "one")) {
        Keys keys = new Keys("AKID", secret, Optional.empty());
        assertThat(value(signer.sign("/", host, new byte[0], keys, at), "authorization"))
            .isEqualTo(signedBySdk("us-west-2", "/", host, new byte[0], keys, at));
      }
    }
  }

  private static Optional<String> value(List<Header> headers, String name) {
    return headers.stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst();
  }

  @Test
  void noSecretIsInWhatKeysSayOfThemselves() {
    assertThat(new Keys("AKID", "hush", Optional.of("quiet")).toString())
        .contains("AKID")
        .doesNotContain("hush")
        .doesNotContain("quiet");
  }
}
