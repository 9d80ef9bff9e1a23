package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import dev.slipway.catalog.InstanceType;
import dev.slipway.manifest.Hosting.Server;
import dev.slipway.model.Lock;
import dev.slipway.plan.GpuNeed;
import dev.slipway.plan.InstanceChoice;
import dev.slipway.plan.Sizes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Says which instances hold a model, and why. */
public final class InstanceAdvice {
  private static final int MOST = 5;

  private InstanceAdvice() {}

  /**
   * One type that holds the model.
   *
   * @param usdPerHour absent where the price isn't known
   * @param why what it has and what the model takes, with figures
   */
  public record Option(String instance, OptionalDouble usdPerHour, String why) {}

  /** Lists the types that hold a model with a useful window, the cheapest first. */
  public static List<Option> options(Lock lock, Server server, String region) {
    Catalog catalog = Catalog.bundled();
    GpuNeed need = GpuNeed.of(lock);
    return InstanceChoice.fitting(need, server, region, catalog).stream()
        .limit(MOST)
        .map(
            each ->
                new Option(each.name(), catalog.usdPerHour(each.name(), region), why(need, each)))
        .toList();
  }

  /**
   * Names types to fall back to when a type has no capacity: of another family, so that they don't
   * run out together, with as many GPUs, so that they share the container's variables.
   */
  static Optional<String> fallback(InstanceType first, GpuNeed need, Server server, String region) {
    List<String> others =
        InstanceChoice.fitting(need, server, region, Catalog.bundled()).stream()
            .filter(each -> !family(each).equals(family(first)) && each.gpus() == first.gpus())
            .map(InstanceType::name)
            .limit(2)
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of("[" + first.name() + ", " + String.join(", ", others) + "]");
  }

  /** Names types that would hold it: {@code ml.g5.xlarge ($1.41), ml.g6.xlarge ($1.13)}. */
  static String named(Lock lock, Server server, String region) {
    return options(lock, server, region).stream()
        .limit(3)
        .map(
            option ->
                option.instance()
                    + (option.usdPerHour().isPresent()
                        ? " (" + Sizes.usd(option.usdPerHour().getAsDouble()) + " an hour)"
                        : ""))
        .collect(Collectors.joining(", "));
  }

  static String why(GpuNeed need, InstanceType instance) {
    if (instance.gpus() == 0) {
      return "%s of weights; %s".formatted(Sizes.gib(need.weightsBytes()), instance.inWords());
    }
    return "%s of weights and about %s for a window of %,d tokens; %s, of which %s can be used"
        .formatted(
            Sizes.gib(need.weightsBytes()),
            Sizes.gib(need.tokenBytes() * need.wantedTokens()),
            need.wantedTokens(),
            instance.inWords(),
            Sizes.gib(GpuNeed.usableBytes(instance, instance.gpus())));
  }

  private static String family(InstanceType instance) {
    return instance.name().split("\\.", 3)[1];
  }
}
