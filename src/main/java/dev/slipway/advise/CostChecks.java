package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import dev.slipway.manifest.Manifest;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import dev.slipway.plan.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Says what is worth knowing of the price. */
final class CostChecks {
  private final Manifest manifest;
  private final Blueprint blueprint;
  private final Facts facts;
  private final Catalog catalog;

  CostChecks(Manifest manifest, Blueprint blueprint, Facts facts, Catalog catalog) {
    this.manifest = manifest;
    this.blueprint = blueprint;
    this.facts = facts;
    this.catalog = catalog;
  }

  List<Finding> findings() {
    return blueprint
        .endpoint()
        .map(this::ofEndpoint)
        .orElseGet(() -> manifest.expires().isEmpty() ? List.of(lasting("service")) : List.of());
  }

  private List<Finding> ofEndpoint(Blueprint.Endpoint endpoint) {
    List<Finding> findings = new ArrayList<>();
    String instance = endpoint.instances().getFirst();
    Optional<Catalog.Price> dated = catalog.price(instance, blueprint.region());
    OptionalDouble price = Prices.of(facts, blueprint.region()).apply(instance);
    if (price.isEmpty()) {
      findings.add(
          new Finding(
              "price_unknown",
              Severity.INFO,
              "The price of %s in %s isn't known".formatted(instance, blueprint.region()),
              "Neither the price list nor the catalog answered",
              "Look it up on the pricing page of Amazon SageMaker AI."));
    } else if (!facts.prices().containsKey(instance) && dated.isPresent()) {
      findings.add(
          new Finding(
              "price_dated",
              Severity.INFO,
              "The price of %s is from the catalog".formatted(instance),
              "%s an hour, seen on %s"
                  .formatted(Sizes.usd(price.getAsDouble()), dated.get().seen()),
              "Allow the caller pricing:GetProducts for today's."));
    }
    if (manifest.endpoint().scaling().min() == 0) {
      findings.add(
          new Finding(
              "scales_to_zero",
              Severity.INFO,
              "The endpoint costs nothing while nobody asks",
              price.isPresent()
                  ? "awake it costs %s an hour for each instance, up to %d of them"
                      .formatted(
                          Sizes.usd(price.getAsDouble()), manifest.endpoint().scaling().max())
                  : "awake it costs the price of each instance, up to %d of them"
                      .formatted(manifest.endpoint().scaling().max()),
              "The first request after a sleep waits for minutes."));
    }
    if (manifest.expires().isEmpty() && manifest.endpoint().scaling().min() > 0) {
      findings.add(lasting("endpoint"));
    }
    return findings;
  }

  private static Finding lasting(String what) {
    return new Finding(
        "never_expires",
        Severity.INFO,
        "The " + what + " runs, and costs, until it is destroyed",
        "expires is not set",
        "Set expires, such as 8h, for what should not outlive the day.");
  }
}
