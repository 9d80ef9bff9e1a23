package dev.slipway.manifest;

import java.util.List;
import java.util.Optional;

/**
 * Describes how the service runs on ECS. Sizes of tasks and days of logs are those that AWS has.
 */
final class FargateKeys {
  static final Key<Optional<String>> VPC =
      Key.of(
          "api.fargate.vpc",
          new OptionalType<>(ScalarTypes.text("a VPC's id", "vpc-[0-9a-f]{8,17}")),
          "null",
          "vpc-0123456789abcdef0",
          "The VPC that the service lives in; needed with host fargate.");

  static final Key<List<String>> SUBNETS =
      Key.of(
          "api.fargate.subnets",
          new ListType<>(ScalarTypes.text("a subnet's id", "subnet-[0-9a-f]{8,17}"), 0, 16),
          "[]",
          "[subnet-0123456789abcdef0, subnet-0123456789abcdef1]",
          "Subnets of its tasks, two at least; they must reach AWS (NAT, or VPC endpoints).");

  static final Key<Integer> CPU =
      Key.of(
          "api.fargate.cpu",
          ScalarTypes.integer(512, 16_384),
          "1024",
          "2048",
          "CPU units of each task, 1,024 to a core: 512, 1024, 2048, 4096, 8192 or 16384.");

  static final Key<Long> MEMORY =
      Key.of(
          "api.fargate.memory",
          ScalarTypes.size("1GiB", "120GiB"),
          "4GiB",
          "8GiB",
          "Memory of each task; Fargate has 2 to 8 GiB for each core.");

  static final Key<Integer> MIN =
      Key.of(
          "api.fargate.min",
          ScalarTypes.integer(1, 1000),
          "2",
          "1",
          "Tasks at least; two, for one zone may fail.");

  static final Key<Integer> MAX =
      Key.of("api.fargate.max", ScalarTypes.integer(1, 1000), "4", "10", "Tasks at most.");

  static final Key<Integer> REQUESTS =
      Key.of(
          "api.fargate.requests_per_minute",
          ScalarTypes.integer(1, 1_000_000),
          "600",
          "120",
          "Requests that each task should get; scaling aims at it, and at 60 % of the CPU.");

  static final Key<Integer> LOG_DAYS =
      Key.of(
          "api.fargate.log_days",
          ScalarTypes.integer(1, 3653),
          "30",
          "90",
          "How many days its logs are kept: 7, 14, 30, 60, 90, 180, 365 or another that CloudWatch has.");

  static final Key<List<String>> BALANCER_SUBNETS =
      Key.of(
          "api.fargate.load_balancer.subnets",
          new ListType<>(ScalarTypes.text("a subnet's id", "subnet-[0-9a-f]{8,17}"), 0, 16),
          "[]",
          "[subnet-0123456789abcdef2, subnet-0123456789abcdef3]",
          "Subnets of the load balancer; none for those of the tasks.");

  static final Key<Boolean> OPEN =
      Key.of(
          "api.fargate.load_balancer.public",
          ScalarTypes.bool(),
          "false",
          "true",
          "Whether it is reached from the internet; then it needs a certificate.");

  static final Key<Optional<String>> CERTIFICATE =
      Key.of(
          "api.fargate.load_balancer.certificate",
          new OptionalType<>(
              ScalarTypes.text(
                  "a certificate's ARN, arn:aws:acm:REGION:ACCOUNT:certificate/ID",
                  "arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-z0-9-]{1,64}")),
          "null",
          "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
          "A certificate in ACM, for HTTPS; null for HTTP inside of the VPC.");

  static final Key<List<String>> ALLOW =
      Key.of(
          "api.fargate.load_balancer.allow",
          new ListType<>(
              ScalarTypes.text(
                  "an address range, 10.0.0.0/8", "([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}"),
              0,
              50),
          "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]",
          "[0.0.0.0/0]",
          "Address ranges that may reach it.");

  private FargateKeys() {}

  static Shape addTo(Shape shape) {
    return shape
        .section(
            "api.fargate",
            "How the service runs with host fargate.",
            VPC,
            SUBNETS,
            CPU,
            MEMORY,
            MIN,
            MAX,
            REQUESTS,
            LOG_DAYS)
        .section(
            "api.fargate.load_balancer",
            "Who reaches it.",
            BALANCER_SUBNETS,
            OPEN,
            CERTIFICATE,
            ALLOW);
  }
}
