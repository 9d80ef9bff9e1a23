package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Finds prices: today's where the price list answered, else the catalog's dated ones. */
public final class Prices {
  private Prices() {}

  /** Returns the prices of a region in US dollars an hour, by instance type. */
  public static Function<String, OptionalDouble> of(Facts facts, String region) {
    return instance -> {
      Double today = facts.prices().get(instance);
      return today == null
          ? Catalog.bundled().usdPerHour(instance, region)
          : OptionalDouble.of(today);
    };
  }
}
