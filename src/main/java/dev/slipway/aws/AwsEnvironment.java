package dev.slipway.aws;

import dev.slipway.aws.wire.Proxy;
import dev.slipway.failure.OperationFailed;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.regions.ServiceMetadata;

/**
 * Reads the standard AWS environment: profile, region, credentials and endpoint URLs, from
 * variables and from the shared configuration files. The variables come as a value, so what one
 * process tests never depends on how it was started.
 */
final class AwsEnvironment {
  private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}");

  /** What a profile that can give credentials has at least one of. */
  private static final List<String> CREDENTIALS =
      List.of(
          "aws_access_key_id",
          "role_arn",
          "sso_session",
          "sso_start_url",
          "credential_process",
          "web_identity_token_file",
          "login_session");

  private final Map<String, String> variables;
  private final ProfileFile profiles;
  private final String profileName;
  private final String region;

  private AwsEnvironment(
      Map<String, String> variables, ProfileFile profiles, String profileName, String region) {
    this.variables = variables;
    this.profiles = profiles;
    this.profileName = profileName;
    this.region = region;
  }

  /**
   * Reads it.
   *
   * @param region the one asked for; absent for {@code AWS_REGION}'s or the profile's
   * @param variables such as {@link System#getenv()}
   * @throws OperationFailed if no region is named, or the configuration can't be read
   */
  static AwsEnvironment of(Optional<String> region, Map<String, String> variables) {
    String profileName = variable(variables, "AWS_PROFILE").orElse("default");
    ProfileFile profiles = profiles(variables);
    String chosen =
        region
            .or(() -> variable(variables, "AWS_REGION"))
            .or(() -> variable(variables, "AWS_DEFAULT_REGION"))
            .or(() -> profiles.profile(profileName).flatMap(each -> each.property("region")))
            .orElseThrow(
                () ->
                    unusable(
                        "no region is named: not in the manifest, not by AWS_REGION, and profile \""
                            + profileName
                            + "\" has none",
                        "Set `region:` in the manifest, or AWS_REGION, or AWS_PROFILE to a profile"
                            + " that has a region.",
                        null));
    if (!REGION.matcher(chosen).matches()) {
      throw unusable(
          "\"" + chosen + "\" is not the name of a region",
          "Name one like eu-west-1 (`region:` in the manifest, AWS_REGION, or the profile's).",
          null);
    }
    return new AwsEnvironment(Map.copyOf(variables), profiles, profileName, chosen);
  }

  String region() {
    return region;
  }

  ProfileFile profiles() {
    return profiles;
  }

  String profileName() {
    return profileName;
  }

  /** Returns how a person gets credentials that work, as a sentence. */
  String signIn() {
    if (variable(variables, "AWS_ACCESS_KEY_ID").isPresent()) {
      return "The environment sets AWS_ACCESS_KEY_ID: replace it and its secret (and"
          + " AWS_SESSION_TOKEN), or unset them and set AWS_PROFILE.";
    }
    if (variable(variables, "AWS_WEB_IDENTITY_TOKEN_FILE").isPresent()) {
      return "Check AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the role's trust policy.";
    }
    Optional<Profile> profile = profiles.profile(profileName);
    if (profile.filter(AwsEnvironment::signsInOnce).isPresent()) {
      return "Sign in: aws sso login --profile " + profileName;
    }
    return profile.filter(AwsEnvironment::hasCredentials).isPresent()
        ? "Renew the credentials of profile \""
            + profileName
            + "\", or set AWS_PROFILE to another one."
        : "Set AWS_PROFILE to a profile with credentials, or sign in: aws sso login --profile NAME";
  }

  /**
   * Returns the configured address of a service.
   *
   * @param service by its id in variables, such as {@code APPLICATION_AUTO_SCALING}
   */
  Optional<URI> endpoint(String service) {
    Optional<Profile> profile = profiles.profile(profileName);
    if (variable(variables, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .or(() -> profile.flatMap(each -> each.property("ignore_configured_endpoint_urls")))
        .filter("true"::equalsIgnoreCase)
        .isPresent()) {
      return Optional.empty();
    }
    String property = service.toLowerCase(Locale.ROOT) + ".endpoint_url";
    return variable(variables, "AWS_ENDPOINT_URL_" + service)
        .or(
            () ->
                profile
                    .flatMap(each -> each.property("services"))
                    .flatMap(section -> profiles.getSection("services", section))
                    .flatMap(section -> section.property(property)))
        .or(() -> variable(variables, "AWS_ENDPOINT_URL"))
        .or(() -> profile.flatMap(each -> each.property("endpoint_url")))
        .map(address -> address(service, address));
  }

  /**
   * Returns the address that AWS gives a service in this region, for FIPS or IPv6 if that is asked
   * for.
   *
   * @param service by the name that its addresses begin with, such as {@code runtime.sagemaker}
   * @throws OperationFailed if it has none
   */
  URI address(String service) {
    List<EndpointTag> tags = new ArrayList<>();
    if (asked("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")) {
      tags.add(EndpointTag.DUALSTACK);
    }
    if (asked("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")) {
      tags.add(EndpointTag.FIPS);
    }
    ServiceEndpointKey key =
        ServiceEndpointKey.builder().region(Region.of(region)).tags(tags).build();
    try {
      return URI.create("https://" + ServiceMetadata.of(service).endpointFor(key));
    } catch (NullPointerException e) {
      // That is how the SDK says that there is none.
      throw unusable(
          "no address of " + service + " is known in " + region + " for " + tags,
          "Unset AWS_USE_DUALSTACK_ENDPOINT and AWS_USE_FIPS_ENDPOINT, or set AWS_ENDPOINT_URL.",
          e);
    }
  }

  private boolean asked(String variable, String property) {
    return variable(variables, variable)
        .or(() -> profiles.profile(profileName).flatMap(each -> each.property(property)))
        .filter("true"::equalsIgnoreCase)
        .isPresent();
  }

  /**
   * Returns the proxy on the way to an address.
   *
   * @throws OperationFailed if a variable names none
   */
  Optional<Proxy> proxy(URI address) {
    try {
      return Proxy.of(address, variables);
    } catch (IllegalArgumentException e) {
      throw unusable(String.valueOf(e.getMessage()), "Correct it, or unset it.", null);
    }
  }

  private static URI address(String service, String address) {
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null && ("http".equals(uri.getScheme()) || https(uri))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The same message as for a text that is a URI and no address.
    }
    throw unusable(
        "the endpoint URL of " + service + " is not an HTTP address",
        "Correct AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_" + service + ", or the profile's.",
        null);
  }

  private static boolean https(URI uri) {
    return "https".equals(uri.getScheme());
  }

  /**
   * Returns where credentials come from: the first place that has any, in the SDK's order. Only
   * that one is asked, so its own failure is what the user hears of, and nothing waits for an
   * instance's metadata on a laptop with an expired session.
   */
  AwsCredentialsProvider credentials() {
    Optional<String> id = variable(variables, "AWS_ACCESS_KEY_ID");
    Optional<String> secret = variable(variables, "AWS_SECRET_ACCESS_KEY");
    if (id.isPresent() && secret.isPresent()) {
      return StaticCredentialsProvider.create(
          variable(variables, "AWS_SESSION_TOKEN").isPresent()
              ? AwsSessionCredentials.create(
                  id.get(), secret.get(), variables.get("AWS_SESSION_TOKEN"))
              : AwsBasicCredentials.create(id.get(), secret.get()));
    }
    Optional<String> token = variable(variables, "AWS_WEB_IDENTITY_TOKEN_FILE");
    if (token.isPresent()) {
      return WebIdentityTokenFileCredentialsProvider.builder()
          .webIdentityTokenFile(Path.of(token.get()))
          .roleArn(variables.getOrDefault("AWS_ROLE_ARN", ""))
          .roleSessionName(variables.getOrDefault("AWS_ROLE_SESSION_NAME", "slipway"))
          .build();
    }
    if (variable(variables, "AWS_PROFILE").isPresent()
        || profiles.profile(profileName).filter(AwsEnvironment::hasCredentials).isPresent()) {
      return ProfileCredentialsProvider.builder()
          .profileFile(profiles)
          .profileName(profileName)
          .build();
    }
    if (Stream.of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
        .anyMatch(name -> variable(variables, name).isPresent())) {
      return ContainerCredentialsProvider.create();
    }
    if ("true".equalsIgnoreCase(variables.get("AWS_EC2_METADATA_DISABLED"))) {
      return () -> {
        throw SdkClientException.create("There are no credentials");
      };
    }
    return InstanceProfileCredentialsProvider.builder()
        .profileFile(profiles)
        .profileName(profileName)
        .build();
  }

  private static boolean hasCredentials(Profile profile) {
    return CREDENTIALS.stream().anyMatch(name -> profile.property(name).isPresent());
  }

  private static boolean signsInOnce(Profile profile) {
    return profile.property("sso_session").isPresent()
        || profile.property("sso_start_url").isPresent();
  }

  private static ProfileFile profiles(Map<String, String> variables) {
    Path home = Path.of(variable(variables, "HOME").orElse(System.getProperty("user.home", "")));
    Path config =
        variable(variables, "AWS_CONFIG_FILE")
            .map(Path::of)
            .orElse(home.resolve(".aws").resolve("config"));
    Path credentials =
        variable(variables, "AWS_SHARED_CREDENTIALS_FILE")
            .map(Path::of)
            .orElse(home.resolve(".aws").resolve("credentials"));
    try {
      ProfileFile.Aggregator all = ProfileFile.aggregator();
      if (Files.isRegularFile(credentials)) {
        all.addFile(
            ProfileFile.builder().content(credentials).type(ProfileFile.Type.CREDENTIALS).build());
      }
      if (Files.isRegularFile(config)) {
        all.addFile(
            ProfileFile.builder().content(config).type(ProfileFile.Type.CONFIGURATION).build());
      }
      return all.build();
    } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
      throw unusable(
          "the shared configuration files can't be read",
          "Correct " + config + " and " + credentials + ".",
          e);
    }
  }

  private static Optional<String> variable(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static OperationFailed unusable(String why, String next, @Nullable Throwable cause) {
    return new OperationFailed("aws_environment", "Cannot call AWS", why, next, false, cause);
  }
}
