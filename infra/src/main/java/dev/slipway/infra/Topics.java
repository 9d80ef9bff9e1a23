package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.sns.CfnTopic;
import software.amazon.awscdk.services.sns.CfnTopicPolicy;
import software.constructs.Construct;

/** Where asynchronous results are told: the user's topics, or encrypted ones of the deployment. */
final class Topics extends Construct {
  /** The key of AWS for topics; whoever of the account may publish may use it by SNS. */
  private static final String DEFAULT_KEY = "alias/aws/sns";

  private final String success;
  private final String error;

  Topics(Construct scope, String id, EndpointSpec.Async async) {
    super(scope, id);
    Optional<String> key = async.hosting().kmsKey();
    success = async.notifySuccess().orElseGet(() -> topic("Success", key));
    error = async.notifyError().orElseGet(() -> topic("Error", key));
  }

  private String topic(String which, Optional<String> key) {
    CfnTopic topic =
        CfnTopic.Builder.create(this, which).kmsMasterKeyId(key.orElse(DEFAULT_KEY)).build();
    topic.overrideLogicalId(which + "Topic");
    CfnTopicPolicy.Builder.create(this, which + "Policy")
        .topics(List.of(topic.getRef()))
        .policyDocument(
            Statement.document(
                List.of(
                    Statement.deny("TlsOnly", "sns:Publish")
                        .on(topic.getRef())
                        .when("Bool", "aws:SecureTransport", "false")
                        .by(Map.of("AWS", "*")))))
        .build()
        .overrideLogicalId(which + "TopicPolicy");
    return topic.getRef();
  }

  String success() {
    return success;
  }

  String error() {
    return error;
  }

  List<String> arns() {
    return List.of(success, error);
  }
}
