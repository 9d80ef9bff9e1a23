package dev.slipway.manifest;

import dev.slipway.manifest.EndpointTypes.Kind;
import dev.slipway.manifest.UpdateSpec.Strategy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what no key can know alone: which keys go together. A rule is silent while one of its keys
 * is wrong or unknown. A key that has no effect may still spell out its default, so that a manifest
 * with every key in it is valid.
 */
final class ManifestRules {
  /** SageMaker's limit for all container variables together. */
  private static final int ENVIRONMENT_BYTES = 32 * 1024;

  /**
   * One broken rule.
   *
   * @param key the key to report
   * @param involved the other keys that have a part in it
   */
  record Violation(Key<?> key, List<Key<?>> involved, String message) {}

  private final Values values;
  private final List<Violation> violations = new ArrayList<>();

  private ManifestRules(Values values) {
    this.values = values;
  }

  /** Returns every rule that the values break. */
  static List<Violation> check(Values values) {
    ManifestRules rules = new ManifestRules(values);
    rules.scaling();
    rules.kind();
    rules.update();
    rules.hosting();
    rules.service();
    return List.copyOf(rules.violations);
  }

  private void report(Key<?> key, String message, Key<?>... involved) {
    violations.add(new Violation(key, List.of(involved), message));
  }

  private <T> boolean is(Key<T> key, T wanted) {
    return values.known(key).filter(wanted::equals).isPresent();
  }

  private void scaling() {
    Optional<Integer> min = values.known(ScalingKeys.MIN);
    Optional<Integer> max = values.known(ScalingKeys.MAX);
    if (min.isPresent() && max.isPresent() && max.get() < min.get()) {
      report(
          ScalingKeys.MAX,
          "must be at least min (%d), is %d".formatted(min.get(), max.get()),
          ScalingKeys.MIN);
    }
    if (!is(EndpointKeys.KIND, Kind.REALTIME) || !is(EndpointKeys.COMPONENTS, false)) {
      return;
    }
    if (min.filter(least -> least == 0).isPresent()) {
      report(
          ScalingKeys.MIN,
          "must be at least 1 for a realtime endpoint, is 0; to scale to 0, set"
              + " endpoint.components: true, or endpoint.kind: async",
          EndpointKeys.KIND,
          EndpointKeys.COMPONENTS);
    }
    List<Scaling.Scheduled> schedule = values.known(ScalingKeys.SCHEDULE).orElse(List.of());
    if (schedule.stream().anyMatch(change -> change.min() == 0)) {
      report(
          ScalingKeys.SCHEDULE,
          "min must be at least 1 for a realtime endpoint without endpoint.components",
          EndpointKeys.KIND,
          EndpointKeys.COMPONENTS);
    }
  }

  private void kind() {
    if (is(EndpointKeys.KIND, Kind.REALTIME)) {
      List<Key<?>> asyncOnly =
          List.of(
              EndpointKeys.CONCURRENCY,
              EndpointKeys.OUTPUT,
              EndpointKeys.SUCCESS,
              EndpointKeys.ERROR,
              EndpointKeys.TIMEOUT);
      for (Key<?> key : asyncOnly) {
        if (values.differs(key)) {
          report(key, "has an effect only with endpoint.kind: async", EndpointKeys.KIND);
        }
      }
    }
    if (is(EndpointKeys.KIND, Kind.ASYNC) && is(EndpointKeys.COMPONENTS, true)) {
      report(
          EndpointKeys.COMPONENTS,
          "inference components answer realtime requests only; set endpoint.kind: realtime, or"
              + " leave this out (async scales to 0 without it)",
          EndpointKeys.KIND);
    }
    Optional<String> region = values.known(ManifestKeys.REGION).flatMap(each -> each);
    for (Key<Optional<String>> topic : List.of(EndpointKeys.SUCCESS, EndpointKeys.ERROR)) {
      Optional<String> arn = values.known(topic).flatMap(each -> each);
      if (region.isPresent() && arn.isPresent() && !arn.get().contains(":" + region.get() + ":")) {
        report(
            topic,
            "must be a topic of the deployment's region (" + region.get() + ")",
            ManifestKeys.REGION);
      }
    }
  }

  private void update() {
    Optional<Strategy> strategy = values.known(UpdateKeys.STRATEGY);
    Optional<Integer> step = values.known(UpdateKeys.STEP);
    if (strategy.isEmpty()) {
      return;
    }
    boolean blueGreen = strategy.get() == Strategy.CANARY || strategy.get() == Strategy.LINEAR;
    if (blueGreen
        && is(EndpointKeys.COMPONENTS, true)
        && values.at(UpdateKeys.STRATEGY).isPresent()) {
      report(
          UpdateKeys.STRATEGY,
          "must be rolling or all-at-once with endpoint.components: true",
          EndpointKeys.COMPONENTS);
    }
    int least =
        switch (strategy.get()) {
          case CANARY, ALL_AT_ONCE -> 1;
          case LINEAR -> 10;
          case ROLLING -> 5;
        };
    if (step.filter(share -> share < least).isPresent()) {
      report(
          UpdateKeys.STEP,
          "must be at least %d%% with strategy %s, is %d%%"
              .formatted(
                  least, strategy.get() == Strategy.LINEAR ? "linear" : "rolling", step.get()),
          UpdateKeys.STRATEGY);
    } else if (strategy.get() == Strategy.ALL_AT_ONCE && values.differs(UpdateKeys.STEP)) {
      report(UpdateKeys.STEP, "has no effect with strategy all-at-once", UpdateKeys.STRATEGY);
    } else if (step.isPresent()) {
      waits(strategy.get(), step.get());
    }
  }

  /** A change that must wait longer than it may take can only time out. */
  private void waits(Strategy strategy, int step) {
    Optional<Duration> baking = values.known(UpdateKeys.WAIT);
    Optional<Duration> timeout = values.known(UpdateKeys.TIMEOUT);
    int times =
        switch (strategy) {
          case CANARY, ALL_AT_ONCE -> 1;
          case LINEAR, ROLLING -> Math.ceilDiv(100, step);
        };
    if (baking.isPresent()
        && timeout.isPresent()
        && baking.get().multipliedBy(times).compareTo(timeout.get()) >= 0) {
      report(
          UpdateKeys.TIMEOUT,
          "must be more than %d x %d s of waiting, is %d s"
              .formatted(times, baking.get().toSeconds(), timeout.get().toSeconds()),
          UpdateKeys.WAIT,
          UpdateKeys.STEP,
          UpdateKeys.STRATEGY);
    }
  }

  private void hosting() {
    if (is(ManifestKeys.TARGET, Manifest.Target.AWS)
        && is(EndpointKeys.SERVER, new Hosting.Server.LlamaCpp())) {
      report(
          EndpointKeys.SERVER,
          "llama.cpp serves target local only; on aws use vllm or lmi",
          ManifestKeys.TARGET);
    }
    Optional<Boolean> subnets = values.known(EndpointKeys.SUBNETS).map(List::isEmpty);
    Optional<Boolean> groups = values.known(EndpointKeys.SECURITY_GROUPS).map(List::isEmpty);
    if (subnets.isPresent() && groups.isPresent() && !subnets.equals(groups)) {
      boolean noSubnets = subnets.get();
      report(
          noSubnets ? EndpointKeys.SUBNETS : EndpointKeys.SECURITY_GROUPS,
          "must not be empty: a VPC needs both subnets and security_groups",
          noSubnets ? EndpointKeys.SECURITY_GROUPS : EndpointKeys.SUBNETS);
    }
    int bytes =
        values.known(EndpointKeys.ENVIRONMENT).orElse(Map.of()).entrySet().stream()
            .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
            .sum();
    if (bytes > ENVIRONMENT_BYTES) {
      report(
          EndpointKeys.ENVIRONMENT,
          "must be at most %d bytes in all, is %d".formatted(ENVIRONMENT_BYTES, bytes));
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void service() {
    if (is(ApiKeys.ENGINE, ApiSpec.Engine.ENDPOINT) && values.differs(ApiKeys.MODEL)) {
      report(ApiKeys.MODEL, "has an effect only with api.engine: embedded", ApiKeys.ENGINE);
    }
    if (!is(ApiKeys.HOST, ApiSpec.Host.FARGATE)) {
      return;
    }
    if (is(ManifestKeys.TARGET, Manifest.Target.LOCAL)) {
      report(ApiKeys.HOST, "fargate needs target: aws", ManifestKeys.TARGET);
    }
    if (is(ApiKeys.KEYS, Optional.empty()) && is(ApiKeys.JWT, Optional.empty())) {
      report(
          ApiKeys.KEYS,
          "must name a secret (secret:NAME) with api.host: fargate; none is for host local only",
          ApiKeys.HOST,
          ApiKeys.JWT);
    }
    FargateRules.check(values).forEach(violations::add);
  }
}
