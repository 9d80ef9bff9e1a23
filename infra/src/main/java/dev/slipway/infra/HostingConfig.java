package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.services.sagemaker.CfnEndpointConfig;
import software.amazon.awscdk.services.sagemaker.CfnEndpointConfig.ProductionVariantProperty;
import software.constructs.Construct;

/**
 * The endpoint's configuration. SageMaker never changes one: each change makes another, with a name
 * by CloudFormation, and the old one stays until Slipway has seen that the endpoint left it.
 */
final class HostingConfig extends Construct {
  private final CfnEndpointConfig config;

  HostingConfig(
      Construct scope,
      String id,
      Hosted hosted,
      String modelName,
      String roleArn,
      Optional<Topics> topics) {
    super(scope, id);
    Hosting hosting = hosted.spec().hosting();
    CfnEndpointConfig.Builder builder =
        CfnEndpointConfig.Builder.create(this, "Config")
            .productionVariants(List.of(variant(hosted, modelName)));
    // SageMaker refuses a key for instances with a disk of their own, which their hardware
    // encrypts; those are the ones without a volume.
    if (hosted.startup().volumeGb().isPresent()) {
      hosting.kmsKey().ifPresent(builder::kmsKeyId);
    }
    if (HostedModel.hostedByComponent(hosted)) {
      builder.executionRoleArn(roleArn);
      network(hosting.network(), builder);
    }
    if (hosting.capturePercent() > 0) {
      builder.dataCaptureConfig(capture(hosted));
    }
    if (hosted.spec() instanceof EndpointSpec.Async async) {
      builder.asyncInferenceConfig(answers(hosted, async, topics.orElseThrow()));
    }
    config = builder.build();
    config.overrideLogicalId("EndpointConfig");
    config.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.RETAIN);
    config.getCfnOptions().setDeletionPolicy(CfnDeletionPolicy.DELETE);
  }

  String name() {
    return config.getAttrEndpointConfigName();
  }

  private static ProductionVariantProperty variant(Hosted hosted, String modelName) {
    Blueprint.Startup startup = hosted.startup();
    ProductionVariantProperty.Builder variant =
        ProductionVariantProperty.builder()
            .variantName(ResourceNames.VARIANT)
            .initialInstanceCount(Math.max(1, hosted.spec().scaling().min()))
            .initialVariantWeight(1);
    if (hosted.instances().size() == 1) {
      variant.instanceType(hosted.instances().getFirst());
    } else {
      variant.instancePools(pools(hosted.instances()));
    }
    startup.volumeGb().ifPresent(variant::volumeSizeInGb);
    hosted.container().inferenceAmi().ifPresent(variant::inferenceAmiVersion);
    if (HostedModel.hostedByComponent(hosted)) {
      variant.managedInstanceScaling(instances(hosted));
    } else {
      // Components have their own of these.
      variant
          .modelName(modelName)
          .modelDataDownloadTimeoutInSeconds(startup.download().toSeconds())
          .containerStartupHealthCheckTimeoutInSeconds(startup.healthCheck().toSeconds());
    }
    if (hosted.spec() instanceof EndpointSpec.Realtime) {
      variant.routingConfig(
          CfnEndpointConfig.RoutingConfigProperty.builder()
              .routingStrategy("LEAST_OUTSTANDING_REQUESTS")
              .build());
    }
    return variant.build();
  }

  /** When the first type has no capacity, SageMaker goes on with the next. */
  private static List<Object> pools(List<String> types) {
    List<Object> pools = new ArrayList<>();
    for (String type : types) {
      pools.add(
          CfnEndpointConfig.InstancePoolsProperty.builder()
              .instanceType(type)
              .priority(pools.size() + 1)
              .build());
    }
    return pools;
  }

  /** As many instances as the copies need: at most one for each, none where there may be none. */
  private static CfnEndpointConfig.ManagedInstanceScalingProperty instances(Hosted hosted) {
    Bounds bounds = Bounds.of(hosted.spec().scaling());
    return CfnEndpointConfig.ManagedInstanceScalingProperty.builder()
        .status("ENABLED")
        .minInstanceCount(bounds.least() == 0 ? 0 : 1)
        .maxInstanceCount(bounds.most())
        .build();
  }

  private static void network(Hosting.Network network, CfnEndpointConfig.Builder builder) {
    if (network.isolation()) {
      builder.enableNetworkIsolation(true);
    }
    if (!network.subnets().isEmpty()) {
      builder.vpcConfig(
          CfnEndpointConfig.VpcConfigProperty.builder()
              .subnets(network.subnets())
              .securityGroupIds(network.securityGroups())
              .build());
    }
  }

  private static CfnEndpointConfig.DataCaptureConfigProperty capture(Hosted hosted) {
    Hosting hosting = hosted.spec().hosting();
    CfnEndpointConfig.DataCaptureConfigProperty.Builder capture =
        CfnEndpointConfig.DataCaptureConfigProperty.builder()
            .enableCapture(true)
            .initialSamplingPercentage(hosting.capturePercent())
            .destinationS3Uri(Fn.sub("s3://${StoreBucket}/" + hosted.names().capturePrefix()))
            .captureOptions(List.of(captured("Input"), captured("Output")))
            .captureContentTypeHeader(
                CfnEndpointConfig.CaptureContentTypeHeaderProperty.builder()
                    .jsonContentTypes(List.of("application/json"))
                    .build());
    hosting.kmsKey().ifPresent(capture::kmsKeyId);
    return capture.build();
  }

  private static CfnEndpointConfig.CaptureOptionProperty captured(String mode) {
    return CfnEndpointConfig.CaptureOptionProperty.builder().captureMode(mode).build();
  }

  private static CfnEndpointConfig.AsyncInferenceConfigProperty answers(
      Hosted hosted, EndpointSpec.Async async, Topics topics) {
    String own = "s3://${StoreBucket}/" + hosted.names().asyncPrefix();
    CfnEndpointConfig.AsyncInferenceOutputConfigProperty.Builder output =
        CfnEndpointConfig.AsyncInferenceOutputConfigProperty.builder()
            .s3OutputPath(async.output().orElseGet(() -> Fn.sub(own + "answers/")))
            .notificationConfig(
                CfnEndpointConfig.AsyncInferenceNotificationConfigProperty.builder()
                    .successTopic(topics.success())
                    .errorTopic(topics.error())
                    .build());
    output.s3FailurePath(
        async.output().map(uri -> uri + "failures/").orElseGet(() -> Fn.sub(own + "failures/")));
    async.hosting().kmsKey().ifPresent(output::kmsKeyId);
    return CfnEndpointConfig.AsyncInferenceConfigProperty.builder()
        .outputConfig(output.build())
        .clientConfig(
            CfnEndpointConfig.AsyncInferenceClientConfigProperty.builder()
                .maxConcurrentInvocationsPerInstance(async.concurrency())
                .build())
        .build();
  }
}
