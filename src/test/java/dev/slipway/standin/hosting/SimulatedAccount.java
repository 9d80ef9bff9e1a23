package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.standin.kernel.Region;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** The account. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedAccount implements Account {
  private final Region region;
  private final Hosting hosting;
  private final Map<String, Double> quotas = new TreeMap<>();
  private final Map<String, Double> prices = new TreeMap<>();
  private final Map<String, String> denied = new HashMap<>();

  /** Makes an account that may do everything, with room for the common instance types. */
  public SimulatedAccount(Region region, Hosting hosting) {
    this.region = region;
    this.hosting = hosting;
    for (String type :
        Set.of(
            "ml.m5.large",
            "ml.g4dn.xlarge",
            "ml.g5.xlarge",
            "ml.g5.2xlarge",
            "ml.g5.12xlarge",
            "ml.g6.xlarge",
            "ml.g6.2xlarge")) {
      quotas.put(type, 4.0);
    }
    prices.putAll(
        Map.of(
            "ml.m5.large", 0.134,
            "ml.g4dn.xlarge", 0.7364,
            "ml.g5.xlarge", 1.408,
            "ml.g5.2xlarge", 1.515));
  }

  /** Sets a quota. */
  public void quota(String instanceType, double count) {
    quotas.put(instanceType, count);
  }

  /** Sets a price an hour in US dollars. */
  public void price(String instanceType, double dollars) {
    prices.put(instanceType, dollars);
  }

  /** Denies an action. */
  public void deny(String action, String why) {
    denied.put(action, why);
  }

  /** Returns all quotas by type. */
  public Map<String, Double> quotas() {
    return Map.copyOf(quotas);
  }

  /** Returns all prices by type. */
  public Map<String, Double> prices() {
    return Map.copyOf(prices);
  }

  @Override
  public Identity identity() {
    return new Identity(region.account(), "arn:aws:iam::" + region.account() + ":user/deployer");
  }

  @Override
  public OptionalDouble endpointQuota(String instanceType) {
    return of(quotas, instanceType);
  }

  @Override
  public OptionalDouble pricePerHour(String instanceType) {
    return of(prices, instanceType);
  }

  @Override
  public OptionalDouble endpointUsage(String instanceType) {
    return OptionalDouble.of(
        hosting.list(Hosting.Kind.ENDPOINT, "").stream()
            .flatMap(one -> hosting.endpoint(new EndpointName(one.name())).stream())
            .flatMap(endpoint -> endpoint.variants().stream())
            .filter(variant -> variant.instance().equals(instanceType))
            .mapToInt(variant -> Math.max(variant.now(), variant.desired()))
            .sum());
  }

  @Override
  public Optional<String> denied(String action) {
    return Optional.ofNullable(denied.get(action));
  }

  private static OptionalDouble of(Map<String, Double> values, String key) {
    Double value = values.get(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
