package dev.slipway.deploy;

import dev.slipway.advise.Checks;
import dev.slipway.advise.Facts;
import dev.slipway.advise.Prices;
import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.failure.CloudFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Design;
import dev.slipway.plan.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds out what an account allows and charges, and lets that be judged before anything is made. An
 * answer that can't be had is a warning, never a refusal. Thread-safe.
 */
public final class AccountFacts implements Preflight, Function<String, OptionalDouble> {
  /** What the caller itself has to be allowed, where a simulation can tell. */
  private static final List<String> ACTIONS =
      List.of(
          "cloudformation:CreateChangeSet",
          "cloudformation:ExecuteChangeSet",
          "iam:PassRole",
          "s3:CreateBucket");

  /** And for an endpoint. */
  private static final List<String> HOSTING =
      List.of(
          "sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateEndpoint");

  private final Cloud cloud;
  private final Pace pace;
  private final Map<String, OptionalDouble> prices = new ConcurrentHashMap<>();

  /** Makes it for a cloud, which stays the caller's to close. */
  public AccountFacts(Cloud cloud, Pace pace) {
    this.cloud = cloud;
    this.pace = pace;
  }

  /** Returns a type's price in US dollars an hour: today's, else the catalog's dated one. */
  @Override
  public OptionalDouble apply(String instance) {
    return prices.computeIfAbsent(instance, this::price);
  }

  private OptionalDouble price(String instance) {
    OptionalDouble today;
    try {
      today = cloud.account().pricePerHour(instance);
    } catch (CloudFailure unknown) {
      today = OptionalDouble.empty();
    }
    return today.isPresent()
        ? today
        : Prices.of(Facts.none(pace.now()), cloud.region()).apply(instance);
  }

  @Override
  public List<Finding> check(Manifest manifest, Lock lock, Cloud where) {
    Blueprint blueprint = Design.of(manifest, lock, where.region());
    return Checks.findings(manifest, lock, blueprint, facts(blueprint));
  }

  private Facts facts(Blueprint blueprint) {
    Account account = cloud.account();
    Map<String, Facts.Quota> quotas = new TreeMap<>();
    Map<String, Double> known = new TreeMap<>();
    Map<String, String> denied = new TreeMap<>();
    Map<String, String> failed = new TreeMap<>();
    List<String> actions = new ArrayList<>(ACTIONS);
    blueprint.endpoint().ifPresent(_ -> actions.addAll(2, HOSTING));
    for (String instance : instances(blueprint)) {
      asked("servicequotas:ListServiceQuotas", failed, () -> account.endpointQuota(instance))
          .ifPresent(
              limit ->
                  quotas.put(
                      instance,
                      new Facts.Quota(
                          limit,
                          asked(
                                  "sagemaker:ListEndpoints",
                                  failed,
                                  () -> account.endpointUsage(instance))
                              .orElse(OptionalDouble.empty()))));
      apply(instance).ifPresent(price -> known.put(instance, price));
    }
    for (String action : actions) {
      asked("iam:SimulatePrincipalPolicy", failed, () -> account.denied(action))
          .flatMap(Function.identity())
          .ifPresent(reason -> denied.put(action, reason));
    }
    return new Facts(pace.now(), quotas, known, denied, failed, running(blueprint));
  }

  private static List<String> instances(Blueprint blueprint) {
    return blueprint.endpoint().map(Blueprint.Endpoint::instances).orElse(List.of());
  }

  private OptionalInt running(Blueprint blueprint) {
    if (blueprint.endpoint().isEmpty()) {
      return OptionalInt.empty();
    }
    return cloud.hosting().endpoint(blueprint.names().endpoint()).stream()
        .mapToInt(endpoint -> endpoint.variants().stream().mapToInt(Hosting.Variant::now).sum())
        .findFirst();
  }

  /** A call that fails once isn't made again for the next type or action. */
  private static <T> Optional<T> asked(
      String action, Map<String, String> failed, Supplier<T> question) {
    if (failed.containsKey(action)) {
      return Optional.empty();
    }
    try {
      return Optional.of(question.get());
    } catch (CloudFailure unusable) {
      if (unusable.kind() == CloudFailure.Kind.CREDENTIALS) {
        throw unusable;
      }
      failed.put(action, unusable.getMessage());
      return Optional.empty();
    }
  }
}
