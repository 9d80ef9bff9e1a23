package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import java.util.List;
import software.amazon.awscdk.services.ecs.CfnCluster;
import software.amazon.awscdk.services.ecs.CfnService;
import software.constructs.Construct;

/**
 * Keeps the tasks running, replaces them one deployment after the other, and goes back by itself to
 * the ones before where the new ones don't come up.
 */
final class ApiTasks extends Construct {
  /** The image is pulled, the index downloaded and the embedder loaded before a task answers. */
  private static final int GRACE_SECONDS = 300;

  /** A model beside the service is loaded, too, for which it has ten minutes. */
  private static final int GRACE_SECONDS_WITH_MODEL = 900;

  private final CfnCluster cluster;
  private final CfnService tasks;

  ApiTasks(
      Construct scope,
      String id,
      Blueprint.Service service,
      ApiTask task,
      String securityGroup,
      ApiBalancer balancer) {
    super(scope, id);
    cluster = CfnCluster.Builder.create(this, "Cluster").build();
    cluster.overrideLogicalId("Cluster");
    tasks =
        CfnService.Builder.create(this, "Service")
            .cluster(cluster.getRef())
            .launchType("FARGATE")
            .taskDefinition(task.arn())
            // No number of tasks: an update would take back what scaling has added.
            .deploymentConfiguration(
                CfnService.DeploymentConfigurationProperty.builder()
                    .minimumHealthyPercent(100)
                    .maximumPercent(200)
                    .deploymentCircuitBreaker(
                        CfnService.DeploymentCircuitBreakerProperty.builder()
                            .enable(true)
                            .rollback(true)
                            .build())
                    .build())
            .networkConfiguration(
                CfnService.NetworkConfigurationProperty.builder()
                    .awsvpcConfiguration(
                        CfnService.AwsVpcConfigurationProperty.builder()
                            .subnets(service.fargate().subnets())
                            .securityGroups(List.of(securityGroup))
                            .assignPublicIp("DISABLED")
                            .build())
                    .build())
            .loadBalancers(
                List.of(
                    CfnService.LoadBalancerProperty.builder()
                        .containerName(ApiTask.container())
                        .containerPort(service.port())
                        .targetGroupArn(balancer.group())
                        .build()))
            .healthCheckGracePeriodSeconds(
                service.model().isPresent() ? GRACE_SECONDS_WITH_MODEL : GRACE_SECONDS)
            .enableEcsManagedTags(true)
            .propagateTags("SERVICE")
            .enableExecuteCommand(false)
            .build();
    tasks.overrideLogicalId("Service");
    // ECS refuses a target group that no listener leads to.
    tasks.getNode().addDependency(balancer.door());
  }

  String cluster() {
    return cluster.getRef();
  }

  String name() {
    return tasks.getAttrName();
  }
}
