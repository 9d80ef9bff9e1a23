package dev.slipway.deploy.teardown;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeepsakesTest {

  @Test
  void theUsersBucketAndTopicAreKeptAndTheStoreIsNot() {
    String template =
        """
        {"Resources": {"Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {
          "Async": {
            "S3OutputPath": "s3://theirs/answers/",
            "S3FailurePath": {"Fn::Sub": "s3://${StoreBucket}/async/"},
            "SuccessTopic": "arn:aws:sns:us-east-1:123456789012:answers"}}}}}
        """;

    assertThat(Keepsakes.in(template))
        .extracting(Removal.Kept::name)
        .containsExactly("theirs", "arn:aws:sns:us-east-1:123456789012:answers");
  }
}
