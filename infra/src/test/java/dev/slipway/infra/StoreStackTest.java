package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class StoreStackTest {

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  @Test
  void bucketIsPrivateEncryptedAndCleansUpPartialUploads() {
    JsonNode bucket = Assembly.properties(Assembly.store(), "Bucket");

    assertThat(bucket.get("PublicAccessBlockConfiguration"))
        .hasSize(4)
        .allMatch(JsonNode::asBoolean);
    assertThat(
            bucket
                .at(
                    "/BucketEncryption/ServerSideEncryptionConfiguration/0"
                        + "/ServerSideEncryptionByDefault/SSEAlgorithm")
                .textValue())
        .isEqualTo("AES256");
    assertThat(bucket.at("/OwnershipControls/Rules/0/ObjectOwnership").textValue())
        .isEqualTo("BucketOwnerEnforced");
    JsonNode rule = bucket.at("/LifecycleConfiguration/Rules/0");
    assertThat(rule.at("/AbortIncompleteMultipartUpload/DaysAfterInitiation").intValue())
        .isEqualTo(7);
    assertThat(rule.get("Status").textValue()).isEqualTo("Enabled");
    assertThat(bucket.has("VersioningConfiguration")).isFalse();
    assertThat(bucket.has("BucketName")).isFalse();
  }

  @Test
  void bucketAnswersByTlsOnly() {
    JsonNode policy = Assembly.properties(Assembly.store(), "BucketPolicy");
    JsonNode statement = policy.at("/PolicyDocument/Statement/0");

    assertThat(policy.at("/Bucket/Ref").textValue()).isEqualTo("Bucket");
    assertThat(statement.get("Effect").textValue()).isEqualTo("Deny");
    assertThat(statement.get("Action").textValue()).isEqualTo("s3:*");
    assertThat(statement.at("/Principal/AWS").textValue()).isEqualTo("*");
    assertThat(statement.at("/Condition/Bool/aws:SecureTransport").textValue()).isEqualTo("false");
    assertThat(statement.get("Resource")).hasSize(2);
    assertThat(statement.at("/Resource/0/Fn::GetAtt/0").textValue()).isEqualTo("Bucket");
  }

  @Test
  void goesWithoutAFunctionToEmptyIt() {
    JsonNode store = Assembly.store();

    assertThat(store.at("/Resources/Bucket/DeletionPolicy").textValue()).isEqualTo("Delete");
    assertThat(store.at("/Resources/Repository/DeletionPolicy").textValue()).isEqualTo("Delete");
    assertThat(store.toString()).doesNotContain("AWS::Lambda", "Custom::");
    assertThat(Assembly.properties(store, "Repository").get("EmptyOnDelete").asBoolean()).isTrue();
    assertThat(
            Assembly.properties(store, "Repository")
                .at("/ImageScanningConfiguration/ScanOnPush")
                .asBoolean())
        .isTrue();
  }

  /** A name that CloudFormation makes up differs between accounts, and push scripts need it. */
  @Test
  void repositoryHasANameThatEcrAllows() {
    var odd =
        Assembly.synthesize(
            Blueprints.of(
                Blueprints.yaml("realtime").replace("name: chat", "name: my--chat"),
                java.util.Optional.empty()));

    assertThat(
            Assembly.properties(Assembly.read(odd.store()), "Repository")
                .get("RepositoryName")
                .textValue())
        .isEqualTo("slipway-my-chat-store");
  }

  @Test
  void outputsNameBucketAndRepository() {
    assertThat(Assembly.store().at("/Outputs/BucketName/Value/Ref").textValue())
        .isEqualTo("Bucket");
    assertThat(Assembly.store().at("/Outputs/RepositoryName/Value/Ref").textValue())
        .isEqualTo("Repository");
  }
}
