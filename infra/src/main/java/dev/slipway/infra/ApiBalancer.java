package dev.slipway.infra;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.plan.Blueprint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnListener;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.CfnTargetGroup;
import software.constructs.Construct;

/** The load balancer: it ends TLS, and asks whichever task has the fewest questions open. */
final class ApiBalancer extends Construct {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /** Elastic Load Balancing's limits of an idle timeout and of a deregistration delay. */
  private static final int MOST_IDLE_SECONDS = 4000;

  private static final int MOST_DRAIN_SECONDS = 3600;

  /** What a stream may be silent beyond its deadline until its last event is written. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final int LEAST_IDLE_SECONDS = 60;

  private final CfnLoadBalancer balancer;
  private final CfnTargetGroup group;
  private final CfnListener listener;

  ApiBalancer(Construct scope, String id, Blueprint.Service service, String securityGroup) {
    super(scope, id);
    ApiSpec.LoadBalancer wanted = service.fargate().loadBalancer();
    balancer =
        CfnLoadBalancer.Builder.create(this, "LoadBalancer")
            .type("application")
            .ipAddressType("ipv4")
            .scheme(wanted.open() ? "internet-facing" : "internal")
            .subnets(wanted.subnets().isEmpty() ? service.fargate().subnets() : wanted.subnets())
            .securityGroups(List.of(securityGroup))
            .loadBalancerAttributes(attributes(service))
            .build();
    balancer.overrideLogicalId("LoadBalancer");
    group =
        CfnTargetGroup.Builder.create(this, "Group")
            .targetType("ip")
            .protocol("HTTP")
            .port(service.port())
            .vpcId(service.fargate().vpc().orElseThrow())
            // Whether the process answers. Were it whether the endpoint does, one that sleeps or
            // fails would have every task replaced, again and again.
            .healthCheckPath("/health/live")
            .healthCheckProtocol("HTTP")
            .healthCheckIntervalSeconds(10)
            .healthCheckTimeoutSeconds(5)
            .healthyThresholdCount(2)
            .unhealthyThresholdCount(3)
            .matcher(CfnTargetGroup.MatcherProperty.builder().httpCode("200").build())
            .targetGroupAttributes(groupAttributes(service))
            .build();
    group.overrideLogicalId("TargetGroup");
    listener = listener(wanted.certificate());
    listener.overrideLogicalId("Listener");
  }

  /** Returns the port that callers use. */
  static int port(Blueprint.Service service) {
    return service.fargate().loadBalancer().certificate().isPresent() ? HTTPS : HTTP;
  }

  /** There is no door for HTTP beside that for HTTPS: a redirect comes after the key was sent. */
  private CfnListener listener(Optional<String> certificate) {
    CfnListener.Builder builder =
        CfnListener.Builder.create(this, "Door")
            .loadBalancerArn(balancer.getRef())
            .port(certificate.isPresent() ? HTTPS : HTTP)
            .protocol(certificate.isPresent() ? "HTTPS" : "HTTP")
            .defaultActions(
                List.of(
                    CfnListener.ActionProperty.builder()
                        .type("forward")
                        .targetGroupArn(group.getRef())
                        .build()));
    certificate.ifPresent(
        arn ->
            builder
                .sslPolicy("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
                .certificates(
                    List.of(
                        CfnListener.CertificateProperty.builder().certificateArn(arn).build())));
    return builder.build();
  }

  private static List<Object> attributes(Blueprint.Service service) {
    long idle = service.deadline().plus(MARGIN).toSeconds();
    Map<String, String> attributes = new TreeMap<>();
    // A stream may be silent until its deadline, while an endpoint wakes up.
    attributes.put(
        "idle_timeout.timeout_seconds",
        Long.toString(Math.clamp(idle, LEAST_IDLE_SECONDS, MOST_IDLE_SECONDS)));
    attributes.put("routing.http.drop_invalid_header_fields.enabled", "true");
    attributes.put("routing.http.desync_mitigation_mode", "defensive");
    // Removing a deployment must not need a visit to the console first.
    attributes.put("deletion_protection.enabled", "false");
    List<Object> list = new java.util.ArrayList<>();
    attributes.forEach(
        (key, value) ->
            list.add(
                CfnLoadBalancer.LoadBalancerAttributeProperty.builder()
                    .key(key)
                    .value(value)
                    .build()));
    return list;
  }

  private static List<Object> groupAttributes(Blueprint.Service service) {
    long drain = Math.clamp(service.deadline().toSeconds(), 0, MOST_DRAIN_SECONDS);
    return List.of(
        // Answers that are under way are finished before their task goes.
        attribute("deregistration_delay.timeout_seconds", Long.toString(drain)),
        attribute("load_balancing.algorithm.type", "least_outstanding_requests"),
        attribute("stickiness.enabled", "false"));
  }

  private static CfnTargetGroup.TargetGroupAttributeProperty attribute(String key, String value) {
    return CfnTargetGroup.TargetGroupAttributeProperty.builder().key(key).value(value).build();
  }

  String address() {
    return balancer.getAttrDnsName();
  }

  String group() {
    return group.getRef();
  }

  CfnListener door() {
    return listener;
  }

  /** Returns the name by which metrics know it. */
  String metricName() {
    return balancer.getAttrLoadBalancerFullName();
  }

  /** Returns the name by which metrics know its targets. */
  String groupMetricName() {
    return group.getAttrTargetGroupFullName();
  }
}
