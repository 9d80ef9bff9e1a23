package dev.slipway.manifest;

import dev.slipway.manifest.ManifestRules.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks what goes together on Fargate; for manifests whose service runs there. */
final class FargateRules {
  /** What CloudWatch Logs takes as {@code RetentionInDays}, by its API reference. */
  private static final Set<Integer> DAYS =
      Set.of(
          1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
          2922, 3288, 3653);

  private final Values values;
  private final List<Violation> violations = new ArrayList<>();

  private FargateRules(Values values) {
    this.values = values;
  }

  /** Returns every rule that the values break. */
  static List<Violation> check(Values values) {
    FargateRules rules = new FargateRules(values);
    rules.network();
    rules.size();
    rules.reach();
    return List.copyOf(rules.violations);
  }

  private void report(Key<?> key, String message, Key<?>... involved) {
    violations.add(new Violation(key, List.of(involved), message));
  }

  private void network() {
    if (values.known(FargateKeys.VPC).filter(Optional::isEmpty).isPresent()) {
      report(FargateKeys.VPC, "must be a VPC's id with api.host: fargate", ApiKeys.HOST);
    }
    if (values.known(FargateKeys.SUBNETS).filter(subnets -> subnets.size() < 2).isPresent()) {
      report(
          FargateKeys.SUBNETS,
          "must be at least 2 subnets, in different zones, with api.host: fargate",
          ApiKeys.HOST);
    }
    if (values.known(FargateKeys.BALANCER_SUBNETS).filter(s -> s.size() == 1).isPresent()) {
      report(
          FargateKeys.BALANCER_SUBNETS,
          "must be at least 2 subnets, in different zones, or none for those of the tasks");
    }
  }

  private void size() {
    Optional<Integer> cpu = values.known(FargateKeys.CPU);
    Optional<Long> memory = values.known(FargateKeys.MEMORY);
    Optional<FargateSize.Range> sizes = cpu.flatMap(FargateSize::range);
    if (cpu.isPresent() && sizes.isEmpty()) {
      report(FargateKeys.CPU, "must be 512, 1024, 2048, 4096, 8192 or 16384, is " + cpu.get());
    }
    if (sizes.isPresent() && memory.filter(bytes -> !sizes.get().fits(bytes)).isPresent()) {
      report(
          FargateKeys.MEMORY,
          "must be %d to %d GiB in steps of %d with cpu %d"
              .formatted(sizes.get().least(), sizes.get().most(), sizes.get().step(), cpu.get()),
          FargateKeys.CPU);
    }
    Optional<Integer> min = values.known(FargateKeys.MIN);
    Optional<Integer> max = values.known(FargateKeys.MAX);
    if (min.isPresent() && max.isPresent() && max.get() < min.get()) {
      report(
          FargateKeys.MAX,
          "must be at least min (%d), is %d".formatted(min.get(), max.get()),
          FargateKeys.MIN);
    }
    if (values.known(FargateKeys.LOG_DAYS).filter(days -> !DAYS.contains(days)).isPresent()) {
      report(FargateKeys.LOG_DAYS, "must be a number of days that CloudWatch has: 7, 14, 30, 90");
    }
  }

  private void reach() {
    boolean open = values.known(FargateKeys.OPEN).orElse(false);
    if (open && values.known(FargateKeys.CERTIFICATE).filter(Optional::isEmpty).isPresent()) {
      report(
          FargateKeys.CERTIFICATE,
          "must be a certificate's ARN with public: true; keys don't go over the internet in HTTP",
          FargateKeys.OPEN);
    }
    Optional<String> region = values.known(ManifestKeys.REGION).flatMap(each -> each);
    Optional<String> arn = values.known(FargateKeys.CERTIFICATE).flatMap(each -> each);
    if (region.isPresent() && arn.isPresent() && !arn.get().contains(":" + region.get() + ":")) {
      report(
          FargateKeys.CERTIFICATE,
          "must be of the deployment's region (" + region.get() + ")",
          ManifestKeys.REGION);
    }
  }
}
