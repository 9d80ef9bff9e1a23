package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting.Network;
import dev.slipway.plan.Blueprint;
import java.util.TreeMap;
import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.services.sagemaker.CfnModel;
import software.constructs.Construct;

/**
 * A model: an image, and the mirrored files that it finds in {@code /opt/ml/model}. CloudFormation
 * names it, since a fixed name would stand in the way of its successor.
 */
final class HostedModel extends Construct {
  private final CfnModel model;

  HostedModel(Construct scope, String id, Hosted hosted, String roleArn) {
    super(scope, id);
    Network network = hosted.spec().hosting().network();
    CfnModel.Builder builder =
        CfnModel.Builder.create(this, "Model")
            .executionRoleArn(roleArn)
            .primaryContainer(
                CfnModel.ContainerDefinitionProperty.builder()
                    .image(hosted.container().image())
                    .environment(new TreeMap<>(hosted.container().environment()))
                    .modelDataSource(
                        CfnModel.ModelDataSourceProperty.builder()
                            .s3DataSource(data(hosted.model()))
                            .build())
                    .build());
    // With components SageMaker takes network and isolation from the endpoint's configuration.
    if (!hostedByComponent(hosted)) {
      if (network.isolation()) {
        builder.enableNetworkIsolation(true);
      }
      if (!network.subnets().isEmpty()) {
        builder.vpcConfig(
            CfnModel.VpcConfigProperty.builder()
                .subnets(network.subnets())
                .securityGroupIds(network.securityGroups())
                .build());
      }
    }
    model = builder.build();
    model.overrideLogicalId("Model");
    // An update that SageMaker rolls back needs the old one; Slipway deletes it afterwards.
    model.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.RETAIN);
    model.getCfnOptions().setDeletionPolicy(CfnDeletionPolicy.DELETE);
  }

  static boolean hostedByComponent(Hosted hosted) {
    return switch (hosted.spec()) {
      case EndpointSpec.Realtime realtime -> realtime.components();
      case EndpointSpec.Async _ -> false;
    };
  }

  private static CfnModel.S3DataSourceProperty data(Blueprint.ModelData data) {
    CfnModel.S3DataSourceProperty.Builder source =
        CfnModel.S3DataSourceProperty.builder()
            .s3Uri(Fn.sub("s3://${StoreBucket}/" + data.key()))
            .s3DataType(data.archive() ? "S3Object" : "S3Prefix")
            .compressionType(data.archive() ? "Gzip" : "None");
    return source.build();
  }

  String name() {
    return model.getAttrModelName();
  }
}
