package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks.Resource;
import dev.slipway.deploy.cloud.Stacks.Stack;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Holds the adapter to as much of the contract as LocalStack's CloudFormation can, which hosts no
 * models; and to a stack with a bucket, like the store's. Skipped where there is no Docker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalStackStacksTest extends StacksContract {
  private static final String BUCKET =
      """
      {"Parameters": {"Purpose": {"Type": "String"}},
       "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
       "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}}}}
      """;

  private Optional<AwsCloud> cloud = Optional.empty();

  @BeforeAll
  void open() {
    cloud = Optional.of(AwsCloud.open(Optional.empty(), LocalStack.environment()));
  }

  @AfterAll
  void close() {
    cloud.ifPresent(AwsCloud::close);
  }

  @Test
  void aStackWithABucketIsMadeFoundReadAndDeleted() {
    Stack stack = applied("first", true, BUCKET);

    assertThat(stack.status()).isEqualTo(StackStatus.CREATE_COMPLETE);
    assertThat(stack.outputs()).containsKey("BucketName");
    assertThat(cloud().stacks().template(stack())).isEqualTo(BUCKET);
    assertThat(cloud().stacks().tagged(tags())).extracting(Stack::name).containsExactly(stack());
    assertThat(cloud().stacks().resources(stack()))
        .extracting(Resource::type)
        .containsExactly("AWS::S3::Bucket");
    assertThat(cloud().stacks().events(stack(), Optional.empty()))
        .last()
        .satisfies(event -> assertThat(event.status()).isEqualTo("CREATE_COMPLETE"));
    deleteStack();
    assertThat(cloud().stacks().find(stack())).isEmpty();
  }

  @Override
  protected Cloud cloud() {
    return cloud.orElseThrow();
  }

  @Override
  protected Pace pace() {
    return Pace.real();
  }

  @Override
  protected Set<Gap> gaps() {
    return Set.of(Gap.HOSTING);
  }

  @Override
  protected void log(String group, String stream, Instant at, String text) {
    throw new UnsupportedOperationException("only stacks are asked of LocalStack");
  }
}
