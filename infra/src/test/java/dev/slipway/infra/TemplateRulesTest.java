package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.manifest.EndpointSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every template, of every kind and option. */
final class TemplateRulesTest {
  /** Actions that IAM can only allow on all resources, or none narrower. */
  private static final Map<String, String> WIDE =
      Map.of(
          "EcrLogin", "the login is of the account: IAM knows no resource for it",
          "WriteMetrics", "metrics have no resources: narrowed by their namespace",
          "LookAtNetwork", "EC2 knows no resources for Describe calls");

  /** Keys below which names are not known beforehand. */
  private static final Map<String, String> OPEN =
      Map.of(
          "ReadModels", "a rolled-back update reads the model before this one",
          "WriteLogs", "streams of the endpoint's own log groups",
          "Capture", "captured requests get names by time",
          "ReadRequests", "requests get names of their own",
          "WriteAnswers", "answers get names of their own",
          "JoinNetwork", "network interfaces get their id when they are made",
          "LeaveNetwork", "network interfaces get their id when they are made",
          "UseKey", "a policy can't name an alias: narrowed by a condition to it",
          "LendKey", "a policy can't name an alias: narrowed by a condition to it");

  private static final Pattern SECRET =
      Pattern.compile("(?i)hf_[a-z0-9]{20,}|AKIA[0-9A-Z]{16}|-----BEGIN|sk-[a-z0-9]{20,}|secret:");

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  static List<String> cases() {
    return Blueprints.hosted();
  }

  @Test
  void logicalIdsNeverChangeByAccident() throws IOException {
    Map<String, String> types = new TreeMap<>();
    StringBuilder now = new StringBuilder("store: " + ids(Assembly.store(), types) + "\n");
    for (String name : cases()) {
      now.append(name).append(": ").append(ids(Assembly.endpoint(name), types)).append('\n');
    }
    for (String name : Blueprints.served()) {
      now.append(name).append("-service: ");
      now.append(ids(Assembly.service(name), types)).append('\n');
    }
    types.forEach((id, type) -> now.append(id).append(" = ").append(type).append('\n'));
    try (InputStream snapshot =
        Objects.requireNonNull(getClass().getResourceAsStream("logical-ids.txt"))) {
      assertThat(now.toString())
          .isEqualTo(new String(snapshot.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static String ids(JsonNode template, Map<String, String> types) {
    var ids = new TreeSet<String>();
    template
        .get("Resources")
        .properties()
        .forEach(
            each -> {
              ids.add(each.getKey());
              types.put(each.getKey(), each.getValue().get("Type").textValue());
            });
    return String.join(" ", ids);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void needsNoBootstrapStackInTheAccount(String name) {
    for (JsonNode template : List.of(Assembly.endpoint(name), Assembly.store())) {
      assertThat(names(template.path("Parameters"))).doesNotContain("BootstrapVersion");
      assertThat(template.has("Rules")).isFalse();
      assertThat(template.toString()).doesNotContain("cdk-hnb659fds", "AWS::CDK::Metadata");
    }
    assertThat(names(Assembly.endpoint(name).get("Parameters"))).containsExactly("StoreBucket");
    assertThat(Assembly.store().has("Parameters")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sendsReadersTheOutputsTheyLookFor(String name) {
    assertThat(names(Assembly.endpoint(name).get("Outputs")))
        .containsExactlyInAnyOrder(
            "EndpointName", "EndpointConfigName", "ModelName", "ExecutionRoleArn");
    assertThat(names(Assembly.store().get("Outputs")))
        .containsExactlyInAnyOrder("BucketName", "RepositoryName");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fitsIntoOneRequest(String name) {
    assertThat(Assembly.of(name).endpoint().orElseThrow().getBytes(StandardCharsets.UTF_8).length)
        .isLessThan(51_200);
  }

  @Test
  void theSameInputsGiveTheSameBytes() {
    for (String name : List.of("realtime", "component-zero", "async-zero")) {
      assertThat(Assembly.synthesize(Objects.requireNonNull(Blueprints.all().get(name))))
          .isEqualTo(Assembly.of(name));
    }
  }

  @Test
  void environmentsOfADeploymentAgreeOnTheirStore() {
    String yaml = Blueprints.yaml("realtime") + "environments: {prod: {}}\n";
    var base = Assembly.synthesize(Blueprints.of(yaml, java.util.Optional.empty()));
    var prod = Assembly.synthesize(Blueprints.of(yaml, java.util.Optional.of("prod")));

    assertThat(prod.store()).isEqualTo(base.store());
    assertThat(prod.endpoint()).isNotEqualTo(base.endpoint());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tagsEverythingThatCanHaveTags(String name) {
    for (JsonNode template : List.of(Assembly.endpoint(name), Assembly.store())) {
      template
          .get("Resources")
          .properties()
          .forEach(
              each -> {
                String type = each.getValue().get("Type").textValue();
                if (!Set.of(
                        "AWS::ApplicationAutoScaling::ScalableTarget",
                        "AWS::ApplicationAutoScaling::ScalingPolicy",
                        "AWS::SNS::TopicPolicy",
                        "AWS::S3::BucketPolicy")
                    .contains(type)) {
                  assertThat(tags(each.getValue()))
                      .as(each.getKey())
                      .containsEntry("slipway:deployment", "chat")
                      .containsEntry("team", "search");
                }
              });
    }
  }

  private static Map<String, String> tags(JsonNode resource) {
    Map<String, String> tags = new TreeMap<>();
    resource
        .at("/Properties/Tags")
        .forEach(tag -> tags.put(tag.get("Key").textValue(), tag.get("Value").textValue()));
    return tags;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allowsNoWildcardWithoutAReason(String name) {
    JsonNode role = Assembly.properties(Assembly.endpoint(name), "ExecutionRole");
    List<JsonNode> statements = new ArrayList<>();
    role.at("/Policies/0/PolicyDocument/Statement").forEach(statements::add);

    assertThat(statements).hasSizeGreaterThan(3);
    assertThat(role.get("Policies")).hasSize(1);
    assertThat(role.has("ManagedPolicyArns")).isFalse();
    for (JsonNode statement : statements) {
      String id = statement.get("Sid").textValue();
      assertThat(statement.get("Action").toString()).as(id).doesNotContain("*");
      for (String resource : texts(statement.get("Resource"))) {
        if (resource.equals("*")) {
          assertThat(WIDE).as("resource * of " + name).containsKey(id);
        } else if (resource.contains("*")) {
          assertThat(OPEN).as(resource + " of " + name).containsKey(id);
          assertThat(resource).as(id).doesNotStartWith("*").doesNotContain("s3:::*");
        }
      }
      if (texts(statement.get("Resource")).stream().anyMatch(each -> each.endsWith(":key/*"))) {
        assertThat(statement.get("Condition").toString()).contains("kms:ResourceAliases");
      }
    }
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isTextual()) {
      texts.add(node.textValue());
    } else {
      node.forEach(each -> texts.addAll(texts(each)));
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void grantsOnlyWhatTheOptionsAskFor(String name) {
    String role = Assembly.properties(Assembly.endpoint(name), "ExecutionRole").toString();
    EndpointSpec spec = spec(name);
    var hosting = spec.hosting();

    assertThat(role.contains("kms:")).isEqualTo(hosting.kmsKey().isPresent());
    assertThat(role.contains("ec2:")).isEqualTo(!hosting.network().subnets().isEmpty());
    assertThat(role.contains("/capture/")).isEqualTo(hosting.capturePercent() > 0);
    assertThat(role.contains("sns:")).isEqualTo(spec instanceof EndpointSpec.Async);
    assertThat(role.contains("cloudwatch:DescribeAlarms"))
        .isEqualTo(!spec.update().alarms().isEmpty());
  }

  private static EndpointSpec spec(String name) {
    return Objects.requireNonNull(Blueprints.all().get(name)).endpoint().orElseThrow().spec();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isolatesWhereAskedAndNowhereElse(String name) {
    boolean asked = spec(name).hosting().network().isolation();
    JsonNode template = Assembly.endpoint(name);
    JsonNode holder =
        Assembly.properties(template, name.startsWith("component") ? "EndpointConfig" : "Model");

    assertThat(holder.path("EnableNetworkIsolation").asBoolean(false)).isEqualTo(asked);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void holdsNoSecret(String name) {
    assertThat(Assembly.of(name).endpoint().orElseThrow()).doesNotContainPattern(SECRET);
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
