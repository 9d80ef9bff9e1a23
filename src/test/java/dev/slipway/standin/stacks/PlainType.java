package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.Region;
import java.util.Locale;

/** A type that is only a name here: roles, topics, keys, policies and the like. */
record PlainType(Services services, String type) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return switch (property) {
      case "RoleName", "TopicName", "LogGroupName", "GroupName" -> true;
      default -> false;
    };
  }

  @Override
  public boolean taggable() {
    return switch (type) {
      case "AWS::IAM::Role", "AWS::SNS::Topic", "AWS::KMS::Key", "AWS::Logs::LogGroup" -> true;
      default -> false;
    };
  }

  @Override
  public String create(Spec spec) {
    String name =
        spec.text("RoleName")
            .or(() -> spec.text("TopicName"))
            .or(() -> spec.text("LogGroupName"))
            .or(() -> spec.text("PolicyName"))
            .orElseGet(() -> services.world().names().physical(spec.stack(), spec.logicalId(), 64));
    if (type.equals("AWS::Logs::LogGroup")) {
      services.logs().create(name);
    }
    String balancing = "AWS::ElasticLoadBalancingV2::";
    if (type.startsWith(balancing)) {
      String kind = type.substring(balancing.length()).toLowerCase(Locale.ROOT);
      return services.world().region().arn("elasticloadbalancing", kind + "/" + name);
    }
    return type.equals("AWS::SNS::Topic") ? services.world().region().arn("sns", name) : name;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // Only the name is simulated.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    if (type.equals("AWS::Logs::LogGroup")) {
      services.logs().delete(physicalId);
    }
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    Region region = services.world().region();
    return switch (type + "." + name) {
      case "AWS::IAM::Role.Arn" -> "arn:aws:iam::" + region.account() + ":role/" + physicalId;
      case "AWS::KMS::Key.Arn" -> region.arn("kms", "key/" + physicalId);
      case "AWS::Logs::LogGroup.Arn" -> region.arn("logs", "log-group:" + physicalId + ":*");
      case "AWS::ElasticLoadBalancingV2::LoadBalancer.DNSName" ->
          services
              .world()
              .conditions()
              .balancer()
              .orElseGet(
                  () ->
                      ResourceType.last(physicalId).toLowerCase(Locale.ROOT)
                          + ".elb.amazonaws.test");
      case "AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerFullName",
          "AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupFullName" ->
          physicalId.substring(physicalId.lastIndexOf(':') + 1);
      case "AWS::SNS::Topic.TopicName" -> physicalId.substring(physicalId.lastIndexOf(':') + 1);
      default -> physicalId;
    };
  }
}
