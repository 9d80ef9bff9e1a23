package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.slipway.endpoint.RuntimeClient;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/permissions.md to the calls that are in the adapters' code. */
final class PermissionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CLIENT =
      Pattern.compile("software\\.amazon\\.awssdk\\.services\\.([a-z0-9]+)\\.[A-Za-z0-9]+Client");

  /** Statements of what Slipway calls itself start so; the others are what CloudFormation does. */
  private static final String OWN = "Slipway";

  /** Service prefixes of IAM where they aren't the SDK's package. */
  private static final Map<String, String> PREFIXES =
      Map.of(
          "applicationautoscaling", "application-autoscaling",
          "cloudwatchlogs", "logs");

  /** What our own client of SageMaker Runtime calls, by the methods of its port. */
  private static final Map<String, String> RUNTIME =
      Map.of(
          "invoke", "sagemaker:InvokeEndpoint",
          "stream", "sagemaker:InvokeEndpointWithResponseStream",
          "begin", "sagemaker:InvokeEndpointAsync");

  /** S3's actions, most of which aren't called like the request that they allow. */
  private static final Map<String, Set<String>> S3 =
      Map.ofEntries(
          Map.entry("HeadBucket", Set.of("s3:ListBucket")),
          Map.entry("HeadObject", Set.of("s3:GetObject")),
          Map.entry("GetObject", Set.of("s3:GetObject")),
          Map.entry("GetObjectAsBytes", Set.of("s3:GetObject")),
          Map.entry("ListObjectsV2", Set.of("s3:ListBucket")),
          Map.entry("ListObjectVersions", Set.of("s3:ListBucketVersions")),
          Map.entry("PutObject", Set.of("s3:PutObject")),
          Map.entry("CreateMultipartUpload", Set.of("s3:PutObject")),
          Map.entry("UploadPart", Set.of("s3:PutObject")),
          Map.entry("CompleteMultipartUpload", Set.of("s3:PutObject")),
          Map.entry("ListParts", Set.of("s3:ListMultipartUploadParts")),
          Map.entry("ListMultipartUploads", Set.of("s3:ListBucketMultipartUploads")),
          Map.entry("AbortMultipartUpload", Set.of("s3:AbortMultipartUpload")),
          Map.entry("DeleteObject", Set.of("s3:DeleteObject")),
          Map.entry("DeleteObjects", Set.of("s3:DeleteObject", "s3:DeleteObjectVersion")));

  private static Set<String> called() {
    // The names of what is called are enough: the SDK's own classes need no reading.
    JavaClasses adapters =
        ArchConfiguration.withThreadLocalScope(
            configuration -> {
              configuration.setResolveMissingDependenciesFromClassPath(false);
              return new ClassFileImporter()
                  .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                  .importPackages("dev.slipway.aws");
            });
    Set<String> actions = new TreeSet<>();
    for (Method method : RuntimeClient.class.getDeclaredMethods()) {
      if (!method.isSynthetic() && !method.getName().equals("close")) {
        assertThat(RUNTIME).as("the table of the port's methods").containsKey(method.getName());
        actions.add(RUNTIME.getOrDefault(method.getName(), ""));
      }
    }
    for (JavaClass adapter : adapters) {
      Stream.<JavaAccess<?>>concat(
              adapter.getMethodCallsFromSelf().stream(),
              adapter.getMethodReferencesFromSelf().stream())
          .forEach(
              call -> {
                Matcher client = CLIENT.matcher(call.getTargetOwner().getName());
                if (client.matches()
                    && !Set.of("builder", "close", "serviceClientConfiguration")
                        .contains(call.getName())) {
                  actions.addAll(actions(client.group(1), call.getName()));
                }
              });
    }
    return actions;
  }

  private static Set<String> actions(String service, String method) {
    String operation =
        Character.toUpperCase(method.charAt(0)) + method.substring(1).replace("Paginator", "");
    if (service.equals("s3")) {
      assertThat(S3).as("the table of S3's actions").containsKey(operation);
      return S3.getOrDefault(operation, Set.of());
    }
    return Set.of(PREFIXES.getOrDefault(service, service) + ":" + operation);
  }

  private static String document() throws IOException {
    // The module's folder is the working directory of its tests.
    return Files.readString(Path.of("..", "docs", "permissions.md"));
  }

  private static List<JsonNode> blocks() throws IOException {
    List<JsonNode> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(document());
    while (block.find()) {
      blocks.add(JSON.readTree(block.group(1)));
    }
    return blocks;
  }

  private static List<JsonNode> statements() throws IOException {
    return blocks().stream().flatMap(block -> block.path("Statement").valueStream()).toList();
  }

  @Test
  void thePolicyAllowsExactlyWhatTheAdaptersCall() throws IOException {
    Set<String> allowed = new TreeSet<>();
    for (JsonNode statement : statements()) {
      if (statement.path("Sid").asText().startsWith(OWN)) {
        statement.path("Action").valueStream().map(JsonNode::asText).forEach(allowed::add);
      }
    }

    assertThat(called()).contains("cloudformation:CreateChangeSet", "sagemaker:InvokeEndpoint");
    assertThat(allowed).isEqualTo(called());
  }

  @Test
  void noStatementAllowsAWholeServiceAndEachSaysItsResources() throws IOException {
    assertThat(statements())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            statement -> {
              assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
              assertThat(statement.path("Action").valueStream().map(JsonNode::asText))
                  .allMatch(action -> action.matches("[a-z0-9-]+:[A-Z][A-Za-z0-9]+"));
              assertThat(statement.has("Resource") || statement.has("Principal")).isTrue();
            });
  }

  @Test
  void eachPolicyIsShortEnoughForIam() throws IOException {
    assertThat(blocks())
        .isNotEmpty()
        .allSatisfy(block -> assertThat(JSON.writeValueAsString(block)).hasSizeLessThan(6_144));
  }

  @Test
  void rolesArePassedToSageMakerAndToTasksOnly() throws IOException {
    assertThat(statements())
        .filteredOn(
            statement ->
                statement.path("Action").valueStream().anyMatch(a -> a.asText().contains("PassR")))
        .extracting(
            statement -> statement.at("/Condition/StringEquals/iam:PassedToService").asText())
        .containsExactly("sagemaker.amazonaws.com", "ecs-tasks.amazonaws.com");
  }

  @Test
  void theTrustPolicyTakesBothFormsOfGitHubsSubject() throws IOException {
    assertThat(statements())
        .filteredOn(statement -> statement.has("Principal"))
        .singleElement()
        .satisfies(
            statement ->
                assertThat(
                        statement
                            .at("/Condition/StringEquals/token.actions.githubusercontent.com:sub")
                            .valueStream()
                            .map(JsonNode::asText))
                    .containsExactly(
                        "repo:ORG/REPO:environment:prod",
                        "repo:ORG@ORG_ID/REPO@REPO_ID:environment:prod"));
  }
}
