package dev.slipway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.catalog.FargatePrices;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * Adds up what the instances of an endpoint's template, or the tasks and load balancer of a
 * service's, cost in an hour, at the smallest scale that the template allows.
 */
public final class HourlyCost {
  private static final String VARIANTS = "sagemaker:variant:DesiredInstanceCount";
  private static final String COPIES = "sagemaker:inference-component:DesiredCopyCount";

  private static final String TASKS = "ecs:service:DesiredCount";
  private static final FargatePrices FARGATE = FargatePrices.bundled();
  private static final double UNITS = 1024;
  private static final double MIB_PER_GIB = 1024;

  private final ObjectNode template;

  private HourlyCost(ObjectNode template) {
    this.template = template;
  }

  /**
   * Returns US dollars an hour.
   *
   * @param prices by instance type
   * @return 0 where it scales to zero; absent where a price or a count isn't known
   */
  public static OptionalDouble of(String template, Function<String, OptionalDouble> prices) {
    return new HourlyCost(TemplateJson.read(template)).sum(prices);
  }

  private OptionalDouble sum(Function<String, OptionalDouble> prices) {
    double sum = 0;
    for (JsonNode resource : resources("AWS::SageMaker::EndpointConfig")) {
      for (JsonNode variant : resource.path("Properties").path("ProductionVariants")) {
        OptionalInt count = instances(variant);
        if (count.isEmpty()) {
          return OptionalDouble.empty();
        }
        if (count.getAsInt() > 0) {
          OptionalDouble price = prices.apply(instance(variant));
          if (price.isEmpty()) {
            return price;
          }
          sum += count.getAsInt() * price.getAsDouble();
        }
      }
    }
    return OptionalDouble.of(sum + tasks() + balancers());
  }

  /** What runs on Fargate is paid for by its cores and its memory. */
  private double tasks() {
    int least = leastOf(TASKS).orElse(1);
    double sum = 0;
    for (JsonNode task : resources("AWS::ECS::TaskDefinition")) {
      double units = task.path("Properties").path("Cpu").asDouble();
      double mebibytes = task.path("Properties").path("Memory").asDouble();
      sum +=
          least
              * (units / UNITS * FARGATE.usdPerCore()
                  + mebibytes / MIB_PER_GIB * FARGATE.usdPerGib());
    }
    return sum;
  }

  private double balancers() {
    double sum = 0;
    for (JsonNode _ : resources("AWS::ElasticLoadBalancingV2::LoadBalancer")) {
      sum += FARGATE.usdPerBalancer();
    }
    return sum;
  }

  private static String instance(JsonNode variant) {
    return variant.path("InstanceType").isTextual()
        ? variant.path("InstanceType").asText()
        // Of a list, the one that is tried first.
        : variant.path("InstancePools").path(0).path("InstanceType").asText();
  }

  private OptionalInt instances(JsonNode variant) {
    JsonNode managed = variant.path("ManagedInstanceScaling").path("MinInstanceCount");
    if (managed.isInt()) {
      return OptionalInt.of(managed.intValue());
    }
    OptionalInt least = leastOf(VARIANTS);
    if (least.isPresent()) {
      return least;
    }
    JsonNode first = variant.path("InitialInstanceCount");
    return first.isInt() ? OptionalInt.of(first.intValue()) : leastOf(COPIES);
  }

  private OptionalInt leastOf(String dimension) {
    return StreamSupport.stream(
            resources("AWS::ApplicationAutoScaling::ScalableTarget").spliterator(), false)
        .map(target -> target.path("Properties"))
        .filter(target -> target.path("ScalableDimension").asText().equals(dimension))
        .filter(target -> target.path("MinCapacity").isInt())
        .mapToInt(target -> target.path("MinCapacity").intValue())
        .findFirst();
  }

  private Iterable<JsonNode> resources(String type) {
    return () ->
        StreamSupport.stream(template.path("Resources").spliterator(), false)
            .filter(resource -> resource.path("Type").asText().equals(type))
            .iterator();
  }
}
