package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.services.logs.CfnLogGroup;
import software.constructs.Construct;

/** The service's log: kept as long as the manifest says, and gone with the stack. */
final class ApiLog extends Construct {
  private final CfnLogGroup group;

  ApiLog(Construct scope, String id, Blueprint blueprint, Blueprint.Service service) {
    super(scope, id);
    group =
        CfnLogGroup.Builder.create(this, "Group")
            .logGroupName(blueprint.names().serviceLogGroup())
            .retentionInDays(service.fargate().logDays())
            .build();
    group.overrideLogicalId("LogGroup");
    group.getCfnOptions().setDeletionPolicy(CfnDeletionPolicy.DELETE);
    group.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.DELETE);
  }

  String name() {
    return group.getRef();
  }

  String arn() {
    return group.getAttrArn();
  }
}
