package dev.slipway.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reads the price of an instance type from products of AWS's price list (service {@code
 * AmazonSageMaker}). What was asked for is looked at again here: the service's filters are by
 * attributes that not every product has.
 */
final class PriceList {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PriceList() {}

  /**
   * Returns the price of an hour of hosting in US dollars; absent unless exactly one product is for
   * that region and type, with one price.
   *
   * @param products JSON documents
   */
  static OptionalDouble hosting(List<String> products, String region, String instanceType) {
    double[] prices =
        products.stream()
            .map(PriceList::read)
            .filter(product -> hosts(product.at("/product/attributes"), region, instanceType))
            .flatMap(product -> product.at("/terms/OnDemand").valueStream())
            .flatMap(term -> term.path("priceDimensions").valueStream())
            .filter(price -> price.path("unit").asText().equalsIgnoreCase("Hrs"))
            .mapToDouble(price -> price.at("/pricePerUnit/USD").asDouble(-1))
            .toArray();
    return prices.length == 1 && prices[0] > 0
        ? OptionalDouble.of(prices[0])
        : OptionalDouble.empty();
  }

  /** Usage types are {@code EUW1-Host:TYPE}, without a region in front in the oldest one. */
  private static boolean hosts(JsonNode attributes, String region, String instanceType) {
    String usage = attributes.path("usagetype").asText();
    String hosting = "Host:" + instanceType;
    return attributes.path("regionCode").asText().equals(region)
        && (usage.equals(hosting) || usage.endsWith("-" + hosting));
  }

  private static JsonNode read(String product) {
    try {
      return JSON.readTree(product);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
