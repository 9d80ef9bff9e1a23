package dev.slipway.catalog;

import dev.slipway.catalog.ServingImage.Software;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What hosting offers, as data files that come with Slipway.
 *
 * @param instances every known type, smaller ones of a family first
 * @param images every known serving image
 * @param amis every known machine image below containers
 * @param prices by region, then by type, in US dollars an hour; a price that isn't known isn't
 *     there
 */
public record Catalog(
    List<InstanceType> instances,
    List<ServingImage> images,
    List<InferenceAmi> amis,
    Map<String, Map<String, Price>> prices) {

  private static final Catalog BUNDLED = CatalogFiles.read();

  /**
   * One price.
   *
   * @param usdPerHour on demand, for hosting
   * @param seen when it was read
   */
  public record Price(double usdPerHour, LocalDate seen) {
    /** Checks the price. */
    public Price {
      if (!(usdPerHour > 0)) {
        throw new IllegalArgumentException("a price must be more than 0, is " + usdPerHour);
      }
    }
  }

  /** Copies the collections. */
  public Catalog {
    instances = List.copyOf(instances);
    images = List.copyOf(images);
    amis = List.copyOf(amis);
    prices = Map.copyOf(prices);
  }

  /** Returns the catalog that comes with this version. */
  public static Catalog bundled() {
    return BUNDLED;
  }

  /** Finds an instance type; absent if it isn't known here, which SageMaker may still host. */
  public Optional<InstanceType> instance(String name) {
    return instances.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** Finds the image of a server for instances with or without GPUs; absent if there is none. */
  public Optional<ServingImage> image(Software server, boolean gpu) {
    return images.stream().filter(each -> each.server() == server && each.gpu() == gpu).findFirst();
  }

  /** Finds a machine image below containers by its name. */
  public Optional<InferenceAmi> ami(String name) {
    return amis.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** Finds the oldest machine image whose driver runs a CUDA version. */
  public Optional<InferenceAmi> amiFor(String cuda) {
    return amis.stream()
        .filter(each -> InferenceAmi.runs(each.driver(), cuda))
        .min(Comparator.comparingInt(InferenceAmi::driver));
  }

  /** Finds a dated price of an hour; absent where it isn't known. */
  public Optional<Price> price(String instance, String region) {
    return Optional.ofNullable(prices.getOrDefault(region, Map.of()).get(instance));
  }

  /** Finds the price of an hour in US dollars; absent where it isn't known. */
  public OptionalDouble usdPerHour(String instance, String region) {
    return price(instance, region).stream().mapToDouble(Price::usdPerHour).findFirst();
  }
}
