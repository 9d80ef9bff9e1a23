package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.deploy.cloud.Alarms.Alarm;
import dev.slipway.deploy.cloud.ContainerLogs.Line;
import dev.slipway.deploy.cloud.Hosting.Config;
import dev.slipway.deploy.cloud.Hosting.Endpoint;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.deploy.cloud.Hosting.Named;
import dev.slipway.deploy.cloud.Hosting.Variant;
import dev.slipway.deploy.cloud.Scaling.Target;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every cloud does with endpoints and what belongs to them. */
public abstract class HostingContract extends CloudContract {
  private static final String INSTANCE = "ml.g4dn.xlarge";
  private static final String INSTANCES = "sagemaker:variant:DesiredInstanceCount";

  private void running() {
    applied("first", true, endpointTemplate(INSTANCE));
    until(
        "the endpoint is in service",
        () ->
            cloud()
                .hosting()
                .endpoint(endpoint())
                .map(Endpoint::status)
                .filter("InService"::equals)
                .isPresent());
  }

  @Test
  void whatIsNotThereIsAbsentAndDeletingItIsNoFailure() {
    EndpointName none = new EndpointName(name);

    assertThat(cloud().hosting().endpoint(none)).isEmpty();
    assertThat(cloud().hosting().config(name)).isEmpty();
    for (Kind kind : List.of(Kind.ENDPOINT, Kind.ENDPOINT_CONFIG, Kind.MODEL)) {
      assertThat(cloud().hosting().list(kind, name)).isEmpty();
      cloud().hosting().delete(kind, name);
    }
  }

  @Test
  void aComponentThatIsNotThereIsAbsentAndDeletingItIsNoFailure() {
    needs(Gap.COMPONENTS);

    assertThat(cloud().hosting().component(name)).isEmpty();
    assertThat(cloud().hosting().components(new EndpointName(name))).isEmpty();
    assertThat(cloud().hosting().list(Kind.COMPONENT, name)).isEmpty();
    cloud().hosting().delete(Kind.COMPONENT, name);
  }

  @Test
  void anEndpointSaysItsConfigurationAndItsVariants() {
    running();

    Endpoint endpoint = cloud().hosting().endpoint(endpoint()).orElseThrow();

    assertThat(endpoint.config()).isEqualTo(made("Config"));
    assertThat(endpoint.arn()).startsWith("arn:").endsWith("endpoint/" + endpoint.name());
    assertThat(endpoint.failureReason()).isEmpty();
    assertThat(endpoint.variants()).containsExactly(new Variant("main", INSTANCE, 1, 1));
    deleteStack();
  }

  @Test
  void anEndpointHasTheNameOfItsTemplate() {
    needs(Gap.NAMES_OF_TEMPLATES);
    running();

    assertThat(endpoint()).hasToString(name);
    deleteStack();
  }

  @Test
  void aConfigurationSaysItsModelsAndInstances() {
    running();

    Config config = cloud().hosting().config(made("Config")).orElseThrow();

    assertThat(config.models()).containsExactly(made("Model"));
    assertThat(config.variants()).containsExactly(new Variant("main", INSTANCE, 0, 1));
    assertThat(config.arn()).startsWith("arn:").contains("endpoint-config/");
    deleteStack();
  }

  @Test
  void whatAStackMadeIsListedByNameAndTagged() {
    running();

    for (Kind kind : List.of(Kind.ENDPOINT, Kind.ENDPOINT_CONFIG, Kind.MODEL)) {
      String made =
          made(
              switch (kind) {
                case ENDPOINT -> "Endpoint";
                case ENDPOINT_CONFIG -> "Config";
                case MODEL, COMPONENT -> "Model";
              });
      Named named =
          cloud().hosting().list(kind, made).stream()
              .filter(each -> each.name().equals(made))
              .findFirst()
              .orElseThrow();
      assertThat(named.kind()).isEqualTo(kind);
      assertThat(cloud().hosting().tags(named.arn())).containsEntry("slipway:deployment", name);
    }
    deleteStack();
  }

  @Test
  void aDeletedEndpointIsGoneOnceItIsDeleted() {
    running();
    EndpointName endpoint = endpoint();

    cloud().hosting().delete(Kind.ENDPOINT, endpoint.value());

    until("the endpoint is gone", () -> cloud().hosting().endpoint(endpoint).isEmpty());
    String config = made("Config");
    assertThat(cloud().hosting().config(config)).isPresent();
    cloud().hosting().delete(Kind.ENDPOINT_CONFIG, config);
    assertThat(cloud().hosting().config(config)).isEmpty();
  }

  @Test
  void aVariantIsResized() {
    needs(Gap.RESIZING);
    running();

    cloud().hosting().resize(endpoint(), "main", 2);

    until(
        "two instances run",
        () ->
            cloud().hosting().endpoint(endpoint()).orElseThrow().variants().stream()
                .anyMatch(variant -> variant.now() == 2 && variant.desired() == 2));
    deleteStack();
  }

  @Test
  void resizingWhatIsNotThereSaysSo() {
    needs(Gap.RESIZING);

    assertThatExceptionOfType(CloudFailure.class)
        .isThrownBy(() -> cloud().hosting().resize(new EndpointName(name), "main", 2))
        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.NOT_FOUND));
  }

  @Test
  void boundsMakeAScalableTargetChangeItAndAreRemoved() {
    running();
    String resource = "endpoint/" + endpoint() + "/variant/main";
    assertThat(cloud().scaling().targets(List.of(resource))).isEmpty();

    Target first = new Target(resource, INSTANCES, 1, 2);
    cloud().scaling().bounds(first);
    assertThat(cloud().scaling().targets(List.of(resource, resource + "-other")))
        .containsExactly(first);

    Target wider = new Target(resource, INSTANCES, 1, 4);
    cloud().scaling().bounds(wider);
    assertThat(cloud().scaling().targets(List.of(resource))).containsExactly(wider);
    assertThat(cloud().scaling().policies(resource)).isEmpty();

    cloud().scaling().remove(resource, INSTANCES);
    assertThat(cloud().scaling().targets(List.of(resource))).isEmpty();
    cloud().scaling().remove(resource, INSTANCES);
    assertThat(cloud().scaling().targets(List.of())).isEmpty();
    deleteStack();
  }

  @Test
  void aScalableTargetOfATemplateHasItsPolicyWithAlarms() {
    needs(Gap.SCALING_OF_TEMPLATES);
    applied(
        "first",
        true,
        endpointTemplate(
            INSTANCE,
            """
            "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget",
             "DependsOn": "Endpoint", "Properties": {
              "ServiceNamespace": "sagemaker", "MinCapacity": 1, "MaxCapacity": 3,
              "ScalableDimension": "%2$s", "ResourceId": "endpoint/%1$s/variant/main"}}"""
                .formatted(name, INSTANCES),
            """
            "Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {
              "PolicyName": "%1$s-concurrency", "PolicyType": "TargetTrackingScaling",
              "ScalingTargetId": {"Ref": "Target"},
              "TargetTrackingScalingPolicyConfiguration": {
               "TargetValue": 8, "PredefinedMetricSpecification": {"PredefinedMetricType":
                "SageMakerVariantConcurrentRequestsPerModelHighResolution"}}}}"""
                .formatted(name)));
    String resource = "endpoint/" + name + "/variant/main";

    assertThat(cloud().scaling().targets(List.of(resource)))
        .containsExactly(new Target(resource, INSTANCES, 1, 3));
    assertThat(cloud().scaling().policies(resource))
        .singleElement()
        .satisfies(
            policy -> {
              assertThat(policy.name()).isEqualTo(name + "-concurrency");
              assertThat(policy.dimension()).isEqualTo(INSTANCES);
              assertThat(policy.alarms()).isNotEmpty();
            });

    cloud().scaling().remove(resource, INSTANCES);
    assertThat(cloud().scaling().policies(resource)).isEmpty();
    deleteStack();
  }

  @Test
  void alarmsAreListedByTheStartOfTheirNameAndDeleted() {
    needs(Gap.ALARMS_OF_TEMPLATES);
    applied(
        "first",
        true,
        endpointTemplate(
            INSTANCE,
            """
            "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
              "AlarmName": "%s-errors", "Namespace": "AWS/SageMaker",
              "MetricName": "Invocation5XXErrors", "Statistic": "Sum", "Period": 60,
              "EvaluationPeriods": 1, "Threshold": 1,
              "ComparisonOperator": "GreaterThanOrEqualToThreshold"}}"""
                .formatted(name)));

    assertThat(cloud().alarms().startingWith(name))
        .singleElement()
        .extracting(Alarm::name, Alarm::rings)
        .containsExactly(name + "-errors", false);

    cloud().alarms().delete(List.of(name + "-errors"));
    assertThat(cloud().alarms().startingWith(name)).isEmpty();
    deleteStack();
  }

  @Test
  void alarmsThatAreNotThereAreNoneAndDeletingThemIsNoFailure() {
    assertThat(cloud().alarms().startingWith(name)).isEmpty();

    cloud().alarms().delete(List.of(name + "-errors"));
    cloud().alarms().delete(List.of());
  }

  @Test
  void aLogGroupThatIsNotThereHasNoLinesAndDeletingItIsNoFailure() {
    String group = "/aws/sagemaker/Endpoints/" + name;

    assertThat(cloud().logs().groups(group)).isEmpty();
    assertThat(cloud().logs().read(group, Instant.EPOCH, 10)).isEmpty();
    cloud().logs().delete(group);
  }

  @Test
  void linesComeOldestFirstAndOfTooManyTheNewest() {
    String group = "/aws/sagemaker/Endpoints/" + name;
    Instant start = pace().now().minus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.MILLIS);
    for (int line = 0; line < 4; line++) {
      log(group, "main/i-" + line % 2, start.plusSeconds(line), "line " + line);
    }

    assertThat(cloud().logs().read(group, start, 10))
        .extracting(Line::text)
        .containsExactly("line 0", "line 1", "line 2", "line 3");
    assertThat(cloud().logs().read(group, start.plusSeconds(1), 2))
        .extracting(Line::text)
        .containsExactly("line 2", "line 3");
    assertThat(cloud().logs().read(group, start.plusSeconds(3), 10))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.at()).isEqualTo(start.plusSeconds(3));
              assertThat(line.stream()).isEqualTo("main/i-1");
            });
    assertThat(cloud().logs().groups(group)).containsExactly(group);

    cloud().logs().delete(group);
    assertThat(cloud().logs().groups(group)).isEmpty();
  }

  @Test
  void aRepositoryThatIsNotThereHasNoImages() {
    assertThat(cloud().images().digests(name)).isEmpty();
    assertThat(cloud().images().login().user()).isEqualTo("AWS");
    assertThat(cloud().images().login().password()).isNotEmpty();

    cloud().images().delete(name, List.of("sha256:" + "0".repeat(64)));
    cloud().images().delete(name, List.of());
  }

  @Test
  void theCallerHasAnAccount() {
    assertThat(cloud().account().identity().account()).matches("[0-9]{12}");
    assertThat(cloud().account().identity().arn()).startsWith("arn:");
    assertThat(cloud().region()).isNotEmpty();
  }

  @Test
  void usageCountsTheInstancesOfEndpoints() {
    double before = cloud().account().endpointUsage(INSTANCE).orElseThrow();

    running();

    assertThat(cloud().account().endpointUsage(INSTANCE)).hasValue(before + 1);
    assertThat(cloud().account().endpointUsage("ml.p5.48xlarge")).hasValue(0);
    deleteStack();
  }

  @Test
  void whatHasNoUsableAnswerIsAbsent() {
    assertThat(cloud().account().endpointQuota("ml.nothing.xlarge")).isEmpty();
    assertThat(cloud().account().pricePerHour("ml.nothing.xlarge")).isEmpty();
  }
}
