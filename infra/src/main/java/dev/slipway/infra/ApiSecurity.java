package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.services.ec2.CfnSecurityGroup;
import software.amazon.awscdk.services.ec2.CfnSecurityGroupEgress;
import software.amazon.awscdk.services.ec2.CfnSecurityGroupIngress;
import software.constructs.Construct;

/**
 * Who reaches whom: the allowed ranges reach the load balancer, it alone reaches the tasks on their
 * port, and they reach what they call.
 */
final class ApiSecurity extends Construct {
  private static final String TCP = "tcp";
  private static final String ANYWHERE = "0.0.0.0/0";

  private final CfnSecurityGroup balancer;
  private final CfnSecurityGroup tasks;

  ApiSecurity(Construct scope, String id, Blueprint blueprint, Blueprint.Service service) {
    super(scope, id);
    String vpc = service.fargate().vpc().orElseThrow();
    int door = ApiBalancer.port(service);
    List<Object> callers = new ArrayList<>();
    for (String range : service.fargate().loadBalancer().allow()) {
      callers.add(
          CfnSecurityGroup.IngressProperty.builder()
              .ipProtocol(TCP)
              .fromPort(door)
              .toPort(door)
              .cidrIp(range)
              .description("Callers")
              .build());
    }
    balancer =
        CfnSecurityGroup.Builder.create(this, "OfBalancer")
            .groupDescription("The load balancer of " + blueprint.names().serviceStack())
            .vpcId(vpc)
            .securityGroupIngress(callers)
            // Without any rule EC2 would allow everything.
            .securityGroupEgress(List.of(nothing()))
            .build();
    balancer.overrideLogicalId("BalancerGroup");
    List<Object> called = new ArrayList<>();
    for (int port : service.reaches()) {
      called.add(
          CfnSecurityGroup.EgressProperty.builder()
              .ipProtocol(TCP)
              .fromPort(port)
              .toPort(port)
              .cidrIp(ANYWHERE)
              .description("AWS, and what the manifest names")
              .build());
    }
    tasks =
        CfnSecurityGroup.Builder.create(this, "OfTasks")
            .groupDescription("The tasks of " + blueprint.names().serviceStack())
            .vpcId(vpc)
            .securityGroupEgress(called)
            .build();
    tasks.overrideLogicalId("TasksGroup");
    between(service.port());
  }

  /** Each group names the other, so the rules stand beside them. */
  private void between(int port) {
    CfnSecurityGroupEgress.Builder.create(this, "ToTasks")
        .groupId(balancer.getAttrGroupId())
        .destinationSecurityGroupId(tasks.getAttrGroupId())
        .ipProtocol(TCP)
        .fromPort(port)
        .toPort(port)
        .description("The tasks")
        .build()
        .overrideLogicalId("BalancerToTasks");
    CfnSecurityGroupIngress.Builder.create(this, "FromBalancer")
        .groupId(tasks.getAttrGroupId())
        .sourceSecurityGroupId(balancer.getAttrGroupId())
        .ipProtocol(TCP)
        .fromPort(port)
        .toPort(port)
        .description("The load balancer")
        .build()
        .overrideLogicalId("TasksFromBalancer");
  }

  private static CfnSecurityGroup.EgressProperty nothing() {
    return CfnSecurityGroup.EgressProperty.builder()
        .ipProtocol("icmp")
        .fromPort(252)
        .toPort(86)
        .cidrIp("255.255.255.255/32")
        .description("Nothing")
        .build();
  }

  String balancer() {
    return balancer.getAttrGroupId();
  }

  String tasks() {
    return tasks.getAttrGroupId();
  }
}
