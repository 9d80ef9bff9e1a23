package dev.slipway.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;

/**
 * What the business layer on ECS costs in an hour: Linux on x86-64, on demand, in US dollars.
 *
 * <p>They are those of us-east-1, also for other regions: what differs there is small beside an
 * endpoint's instances. What a load balancer transfers is paid for on top.
 *
 * @param usdPerCore of each core of a task
 * @param usdPerGib of each GiB of its memory
 * @param usdPerBalancer of an Application Load Balancer
 * @param seen when they were read
 */
public record FargatePrices(
    double usdPerCore, double usdPerGib, double usdPerBalancer, LocalDate seen) {
  private static final FargatePrices BUNDLED = read(CatalogFiles.load("fargate"));

  /** Checks the prices. */
  public FargatePrices {
    if (!(usdPerCore > 0 && usdPerGib > 0 && usdPerBalancer > 0)) {
      throw new IllegalArgumentException("a price must be more than 0");
    }
  }

  /** Returns the prices that come with this version. */
  public static FargatePrices bundled() {
    return BUNDLED;
  }

  private static FargatePrices read(JsonNode file) {
    if (file.path("source").asText().isBlank()) {
      throw new IllegalStateException("fargate.json must say where its prices are from");
    }
    JsonNode prices = file.path("us-east-1");
    return new FargatePrices(
        prices.path("core").asDouble(),
        prices.path("gib").asDouble(),
        prices.path("load_balancer").asDouble(),
        LocalDate.parse(file.path("seen").asText()));
  }
}
