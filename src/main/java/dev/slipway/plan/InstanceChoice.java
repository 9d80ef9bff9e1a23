package dev.slipway.plan;

import dev.slipway.catalog.Catalog;
import dev.slipway.catalog.InstanceType;
import dev.slipway.manifest.Hosting.Server;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Chooses instance types for a model: the purely computed half of {@code endpoint.instance: auto}.
 */
public final class InstanceChoice {
  /** What every model may take of an instance's memory where it has no GPU. */
  private static final double OF_MEMORY = 0.6;

  private InstanceChoice() {}

  /**
   * Returns the types that hold a model with a useful window, the cheapest first; those without a
   * known price come last, smaller ones first.
   *
   * <p>Prices of a region that the catalog doesn't have are taken from us-east-1: what matters here
   * is only which is cheaper, and there the choice must not depend on who may ask for prices.
   */
  public static List<InstanceType> fitting(
      GpuNeed need, Server server, String region, Catalog catalog) {
    return catalog.instances().stream()
        .filter(instance -> fits(need, server, instance))
        .sorted(
            Comparator.comparingDouble(
                    (InstanceType each) ->
                        price(each, region, catalog).orElse(Double.POSITIVE_INFINITY))
                .thenComparingLong(InstanceType::gpuBytes)
                .thenComparing(InstanceType::name))
        .toList();
  }

  /** Returns whether an instance holds a model with a useful window under some server. */
  public static boolean fits(GpuNeed need, Server server, InstanceType instance) {
    if (instance.gpus() == 0) {
      return server instanceof Server.Tei
          && need.weightsBytes() <= instance.memoryBytes() * OF_MEMORY;
    }
    return server instanceof Server.Tei
        // TEI runs on one GPU, and keeps no keys and values.
        ? need.weightsBytes() <= GpuNeed.usableBytes(instance, 1)
        : need.fits(instance);
  }

  private static OptionalDouble price(InstanceType instance, String region, Catalog catalog) {
    OptionalDouble here = catalog.usdPerHour(instance.name(), region);
    return here.isPresent() ? here : catalog.usdPerHour(instance.name(), "us-east-1");
  }
}
