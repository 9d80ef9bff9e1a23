package dev.slipway.standin.hosting;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One endpoint configuration.
 *
 * @param async whether its requests go through a bucket
 */
public record ConfigState(
    String name,
    String arn,
    List<Variant> variants,
    boolean async,
    Map<String, String> tags,
    Instant created) {
  /** Copies the collections. */
  public ConfigState {
    variants = List.copyOf(variants);
    tags = Map.copyOf(tags);
  }

  /**
   * One production variant.
   *
   * @param model absent where components hold the models
   * @param instances types in order of preference
   * @param count how many instances it begins with
   */
  public record Variant(String name, Optional<String> model, List<String> instances, int count) {
    /** Copies the types. */
    public Variant {
      instances = List.copyOf(instances);
    }
  }
}
