package dev.slipway.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.catalog.Catalog.Price;
import dev.slipway.catalog.ServingImage.Software;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads the catalog's data files, and takes none that doesn't say where and when it is from, or
 * that doesn't fit the others.
 */
final class CatalogFiles {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private CatalogFiles() {}

  /**
   * Reads those that come with this version.
   *
   * @throws IllegalStateException if one is wrong, naming it and the place
   */
  static Catalog read() {
    return of(load("gpus"), load("instances"), load("images"), load("prices"));
  }

  /** Reads a catalog of these documents. */
  static Catalog of(JsonNode gpus, JsonNode instances, JsonNode images, JsonNode prices) {
    Map<String, Gpu> kinds = gpus(gpus);
    List<InstanceType> types = instances(instances, kinds);
    JsonNode amis = images.path("amis");
    text(amis, "source");
    List<InferenceAmi> versions = new ArrayList<>();
    for (JsonNode each : rows(amis, "versions")) {
      versions.add(
          new InferenceAmi(text(each, "name"), number(each, "driver"), text(each, "cuda")));
    }
    return new Catalog(types, images(images, versions), versions, prices(prices, types));
  }

  static JsonNode load(String name) {
    try (InputStream in = CatalogFiles.class.getResourceAsStream(name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("the catalog has no file " + name + ".json");
      }
      return JSON.readTree(in);
    } catch (IOException broken) {
      throw new UncheckedIOException("the catalog's " + name + ".json can't be read", broken);
    }
  }

  private static Map<String, Gpu> gpus(JsonNode file) {
    seen(file);
    Map<String, Gpu> kinds = new HashMap<>();
    for (JsonNode row : rows(file, "gpus")) {
      Gpu gpu =
          new Gpu(
              text(row, "model"),
              number(row, "memory_mib"),
              Integer.parseInt(text(row, "compute_capability").replace(".", "")),
              number(row, "default_driver"));
      unique(kinds.put(gpu.model(), gpu) == null, gpu.model());
    }
    return kinds;
  }

  private static List<InstanceType> instances(JsonNode file, Map<String, Gpu> kinds) {
    seen(file);
    List<InstanceType> types = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode row : rows(file, "instances")) {
      Optional<String> gpu = optional(row, "gpu");
      InstanceType type =
          new InstanceType(
              text(row, "type"),
              number(row, "vcpus"),
              number(row, "memory_mib"),
              gpu.map(
                  model ->
                      Optional.ofNullable(kinds.get(model))
                          .orElseThrow(() -> wrong(row, "its GPU is not in gpus.json"))),
              number(row, "gpus"),
              row.path("nvme_gb").isNull()
                  ? OptionalInt.empty()
                  : OptionalInt.of(number(row, "nvme_gb")));
      unique(names.add(type.name()), type.name());
      types.add(type);
    }
    return types;
  }

  private static List<ServingImage> images(JsonNode file, List<InferenceAmi> amis) {
    seen(file);
    List<ServingImage> images = new ArrayList<>();
    for (JsonNode row : rows(file, "images")) {
      text(row, "source");
      Optional<String> cuda = optional(row, "cuda");
      Optional<String> name = optional(row, "inference_ami");
      if (name.isPresent()) {
        InferenceAmi ami =
            amis.stream()
                .filter(each -> each.name().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> wrong(row, "its inference_ami is not among the versions"));
        if (cuda.isEmpty() || !InferenceAmi.runs(ami.driver(), cuda.get())) {
          throw wrong(row, "its inference_ami can't run its CUDA");
        }
      }
      images.add(
          new ServingImage(
              Software.valueOf(text(row, "server").toUpperCase(Locale.ROOT)),
              text(row, "accelerator").equals("gpu"),
              text(row, "repository"),
              text(row, "tag"),
              cuda,
              name,
              accounts(file.path("registries").path(text(row, "registry")), row)));
    }
    return images;
  }

  private static Map<String, String> accounts(JsonNode registry, JsonNode row) {
    Map<String, String> accounts = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : registry.properties()) {
      String account = entry.getValue().asText();
      if (!account.matches("[0-9]{12}")) {
        throw wrong(registry, "the account of " + entry.getKey() + " must have 12 digits");
      }
      accounts.put(entry.getKey(), account);
    }
    if (accounts.isEmpty()) {
      throw wrong(row, "its registry is not there");
    }
    return accounts;
  }

  private static Map<String, Map<String, Price>> prices(JsonNode file, List<InstanceType> types) {
    LocalDate seen = seen(file);
    Map<String, Map<String, Price>> prices = new HashMap<>();
    for (Map.Entry<String, JsonNode> region : file.path("regions").properties()) {
      Map<String, Price> known = new HashMap<>();
      for (Map.Entry<String, JsonNode> price : region.getValue().properties()) {
        if (types.stream().noneMatch(type -> type.name().equals(price.getKey()))) {
          throw wrong(file, price.getKey() + " has a price and is not in instances.json");
        }
        if (price.getValue().isNumber()) {
          known.put(price.getKey(), new Price(price.getValue().doubleValue(), seen));
        } else if (!price.getValue().isNull()) {
          throw wrong(price.getValue(), "a price must be a number, or null where it isn't known");
        }
      }
      prices.put(region.getKey(), Map.copyOf(known));
    }
    return prices;
  }

  /** Every file says where it is from, and when it was read there. */
  private static LocalDate seen(JsonNode file) {
    text(file, "source");
    return LocalDate.parse(text(file, "seen"));
  }

  private static JsonNode rows(JsonNode file, String key) {
    if (file.path(key).isEmpty()) {
      throw wrong(file, key + " must be a list with rows");
    }
    return file.path(key);
  }

  private static String text(JsonNode row, String key) {
    return optional(row, key).orElseThrow(() -> wrong(row, key + " must be text"));
  }

  private static Optional<String> optional(JsonNode row, String key) {
    return Optional.of(row.path(key))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(value -> !value.isBlank());
  }

  private static int number(JsonNode row, String key) {
    if (!row.path(key).isInt()) {
      throw wrong(row, key + " must be a whole number");
    }
    return row.path(key).intValue();
  }

  private static void unique(boolean first, String name) {
    if (!first) {
      throw new IllegalStateException("the catalog has " + name + " twice");
    }
  }

  private static IllegalStateException wrong(JsonNode where, String what) {
    String text = where.toString();
    return new IllegalStateException(
        "wrong in the catalog: "
            + what
            + ", in "
            + text.substring(0, Math.min(text.length(), 200)));
  }
}
