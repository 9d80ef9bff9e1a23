package dev.slipway.advise;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What was found out about the account before a deploy. Everything may be missing: a check that
 * could not be made is worth a warning, and never stops a deploy.
 *
 * @param now when it was asked
 * @param quotas by instance type, for each that was asked for
 * @param prices in US dollars an hour by instance type, for each that the price list has once
 * @param denied actions that the caller may not take by a simulation, each with the reason
 * @param failedChecks what could not be asked ({@code servicequotas:ListServiceQuotas}), each with
 *     the reason
 * @param running how many instances this deployment has now; absent where it doesn't exist
 */
public record Facts(
    Instant now,
    Map<String, Quota> quotas,
    Map<String, Double> prices,
    Map<String, String> denied,
    Map<String, String> failedChecks,
    OptionalInt running) {

  /** Copies the maps. */
  public Facts {
    quotas = Map.copyOf(quotas);
    prices = Map.copyOf(prices);
    denied = Map.copyOf(denied);
    failedChecks = Map.copyOf(failedChecks);
  }

  /**
   * How many instances of a type endpoints may have in the region.
   *
   * @param limit absent if the answer can't be used
   * @param used by all endpoints now; absent if it can't be told
   */
  public record Quota(OptionalDouble limit, OptionalDouble used) {}

  /** Makes the facts of a plan that asks nothing and nobody ({@code --offline}). */
  public static Facts none(Instant now) {
    return new Facts(now, Map.of(), Map.of(), Map.of(), Map.of(), OptionalInt.empty());
  }

  /** Returns what was asked of a type's quota. */
  Optional<Quota> quota(String instance) {
    return Optional.ofNullable(quotas.get(instance));
  }
}
