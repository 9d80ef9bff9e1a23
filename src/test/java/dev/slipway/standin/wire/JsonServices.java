package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.cloud.Alarms;
import dev.slipway.deploy.cloud.Scaling;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Application Auto Scaling, Logs, alarms, Service Quotas and the price list by JSON. */
final class JsonServices {
  private final CloudSimulation simulation;

  JsonServices(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  /** Answers an operation; absent if it isn't known. */
  Optional<ObjectNode> answer(String operation, JsonNode request) {
    ObjectNode done = Json.object();
    switch (operation) {
      case "DescribeScalableTargets" -> targets(request, done.putArray("ScalableTargets"));
      case "DescribeScalingPolicies" -> policies(request, done.putArray("ScalingPolicies"));
      case "RegisterScalableTarget" -> register(request);
      case "DeregisterScalableTarget" -> {
        String resource = request.path("ResourceId").asText();
        if (simulation.scaling().targets(List.of(resource)).isEmpty()) {
          throw new AwsError(
              400,
              "ObjectNotFoundException",
              "No scalable target registered for service namespace: sagemaker, resource ID: "
                  + resource);
        }
        simulation.scaling().remove(resource, request.path("ScalableDimension").asText());
      }
      case "FilterLogEvents" -> lines(request, done.putArray("events"));
      case "DescribeLogGroups" -> {
        ArrayNode groups = done.putArray("logGroups");
        simulation
            .logs()
            .groups(request.path("logGroupNamePrefix").asText(""))
            .forEach(name -> groups.addObject().put("logGroupName", name));
      }
      case "DeleteLogGroup" -> {
        String group = request.path("logGroupName").asText();
        requireGroup(group);
        simulation.logs().delete(group);
      }
      case "ListServiceQuotas", "ListAWSDefaultServiceQuotas" -> {
        ArrayNode quotas = done.putArray("Quotas");
        simulation
            .account()
            .quotas()
            .forEach(
                (type, value) ->
                    quotas
                        .addObject()
                        .put("ServiceCode", "sagemaker")
                        .put("QuotaName", type + " for endpoint usage")
                        .put("Value", value));
      }
      case "GetProducts" -> prices(request, done.putArray("PriceList"));
      case "DescribeAlarms" -> alarms(request, done.putArray("MetricAlarms"));
      case "DeleteAlarms" -> simulation.alarms().delete(names(request));
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(done);
  }

  private void targets(JsonNode request, ArrayNode all) {
    List<String> wanted = new ArrayList<>();
    request.path("ResourceIds").forEach(id -> wanted.add(id.asText()));
    String namespace = request.path("ServiceNamespace").asText();
    for (Scaling.Target target : simulation.scaling().targets()) {
      if (target.dimension().startsWith(namespace + ":")
          && (wanted.isEmpty() || wanted.contains(target.resource()))) {
        all.addObject()
            .put("ServiceNamespace", namespace)
            .put("ResourceId", target.resource())
            .put("ScalableDimension", target.dimension())
            .put("MinCapacity", target.min())
            .put("MaxCapacity", target.max());
      }
    }
  }

  private void policies(JsonNode request, ArrayNode all) {
    String resource = request.path("ResourceId").asText("");
    String namespace = request.path("ServiceNamespace").asText();
    for (Scaling.Policy policy : simulation.scaling().policies()) {
      if (policy.dimension().startsWith(namespace + ":")
          && (resource.isEmpty() || resource.equals(policy.resource()))) {
        ArrayNode alarms =
            all.addObject()
                .put("PolicyName", policy.name())
                .put("ServiceNamespace", namespace)
                .put("ResourceId", policy.resource())
                .put("ScalableDimension", policy.dimension())
                .putArray("Alarms");
        policy.alarms().forEach(name -> alarms.addObject().put("AlarmName", name));
      }
    }
  }

  private void register(JsonNode request) {
    String resource = request.path("ResourceId").asText();
    Optional<Scaling.Target> old =
        simulation.scaling().targets(List.of(resource)).stream().findFirst();
    simulation
        .scaling()
        .bounds(
            new Scaling.Target(
                resource,
                request.path("ScalableDimension").asText(),
                request.path("MinCapacity").asInt(old.map(Scaling.Target::min).orElse(0)),
                request.path("MaxCapacity").asInt(old.map(Scaling.Target::max).orElse(0))));
  }

  private void lines(JsonNode request, ArrayNode all) {
    String group = request.path("logGroupName").asText();
    requireGroup(group);
    long until = request.path("endTime").asLong(Long.MAX_VALUE);
    simulation
        .logs()
        .read(group, Instant.ofEpochMilli(request.path("startTime").asLong(0)), Integer.MAX_VALUE)
        .forEach(
            line -> {
              if (line.at().toEpochMilli() <= until) {
                all.addObject()
                    .put("eventId", line.id())
                    .put("timestamp", line.at().toEpochMilli())
                    .put("ingestionTime", line.at().toEpochMilli())
                    .put("logStreamName", line.stream())
                    .put("message", line.text());
              }
            });
  }

  private void requireGroup(String group) {
    if (!simulation.logs().groups(group).contains(group)) {
      throw new AwsError(
          400, "ResourceNotFoundException", "The specified log group does not exist.");
    }
  }

  private void prices(JsonNode request, ArrayNode all) {
    String type = "";
    for (JsonNode filter : request.path("Filters")) {
      if (filter.path("Field").asText().equals("instanceName")) {
        type = filter.path("Value").asText();
      }
    }
    Double dollars = simulation.account().prices().get(type);
    if (dollars == null) {
      return;
    }
    ObjectNode entry = Json.object();
    entry
        .putObject("product")
        .putObject("attributes")
        .put("regionCode", simulation.region().name())
        .put("instanceName", type)
        .put("component", "Hosting")
        .put("usagetype", "EU-Host:" + type);
    entry
        .putObject("terms")
        .putObject("OnDemand")
        .putObject("1")
        .putObject("priceDimensions")
        .putObject("1")
        .put("unit", "Hrs")
        .putObject("pricePerUnit")
        .put("USD", String.valueOf(dollars));
    all.add(entry.toString());
  }

  private void alarms(JsonNode request, ArrayNode all) {
    List<String> names = names(request);
    for (Alarms.Alarm alarm :
        simulation.alarms().startingWith(request.path("AlarmNamePrefix").asText(""))) {
      if (names.isEmpty() || names.contains(alarm.name())) {
        ObjectNode one =
            all.addObject()
                .put("AlarmName", alarm.name())
                .put("AlarmArn", alarm.arn())
                .put("StateValue", alarm.state());
        alarm.reason().ifPresent(why -> one.put("StateReason", why));
      }
    }
  }

  private static List<String> names(JsonNode request) {
    List<String> names = new ArrayList<>();
    request.path("AlarmNames").forEach(name -> names.add(name.asText()));
    return names;
  }
}
