package dev.slipway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds for any template: without its scaling it is still one that CloudFormation takes. */
class DetachmentTest {
  private static final List<String> TYPES =
      List.of(
          "AWS::ApplicationAutoScaling::ScalableTarget",
          "AWS::ApplicationAutoScaling::ScalingPolicy",
          "AWS::CloudWatch::Alarm",
          "AWS::CloudWatch::CompositeAlarm",
          "AWS::SageMaker::Endpoint",
          "AWS::SageMaker::EndpointConfig",
          "AWS::IAM::Role");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Test
  void nothingPointsToWhatIsGone() {
    for (int seed = 0; seed < 500; seed++) {
      ObjectNode before = template(new Random(seed));
      ObjectNode original = before.deepCopy();

      ObjectNode after = Detachment.of(before);

      Set<String> left = new HashSet<>();
      after.path("Resources").fieldNames().forEachRemaining(left::add);
      assertThat(pointedTo(after)).as("seed %d", seed).allMatch(left::contains);
      assertThat(after.toString()).doesNotContain("ApplicationAutoScaling");
      assertThat(before).as("seed %d: the deployed one is not touched", seed).isEqualTo(original);
      before
          .path("Resources")
          .properties()
          .forEach(
              each -> {
                String type = each.getValue().path("Type").asText();
                if (!type.contains("AutoScaling") && !type.endsWith("::Alarm")) {
                  assertThat(left).contains(each.getKey());
                }
              });
      assertThat(Detachment.of(after)).as("seed %d: twice is once", seed).isEqualTo(after);
    }
  }

  @Test
  void whatDoesNotPointToScalingStaysAsItIs() {
    for (int seed = 0; seed < 200; seed++) {
      ObjectNode before = template(new Random(seed));
      before
          .path("Resources")
          .forEach(
              resource -> {
                if (resource.path("Type").asText().contains("AutoScaling")) {
                  ((ObjectNode) resource).put("Type", "AWS::SNS::Topic");
                }
              });

      assertThat(Detachment.of(before)).isEqualTo(before);
    }
  }

  /** Finds references by another way than the code: by text. */
  private static Set<String> pointedTo(JsonNode template) {
    Set<String> found = new HashSet<>();
    Matcher names = Pattern.compile("\\bR[0-9]+\\b").matcher(withoutNames(template));
    while (names.find()) {
      found.add(names.group());
    }
    return found;
  }

  private static String withoutNames(JsonNode template) {
    StringBuilder text = new StringBuilder();
    template.path("Resources").forEach(resource -> text.append(resource).append('\n'));
    return text.append(template.path("Outputs")).toString().replaceAll("\\$\\{!R[0-9]+}", "");
  }

  private static ObjectNode template(Random random) {
    ObjectNode template = NODES.objectNode();
    int count = 1 + random.nextInt(9);
    for (int id = 0; id < count; id++) {
      ObjectNode resource = template.withObject("/Resources").putObject("R" + id);
      resource.put("Type", TYPES.get(random.nextInt(TYPES.size())));
      resource.set("Properties", object(random, count, 3));
      if (random.nextInt(3) == 0) {
        resource.put("DependsOn", "R" + random.nextInt(count));
      } else if (random.nextInt(2) == 0) {
        ArrayNode depends = resource.putArray("DependsOn");
        depends.add("R" + random.nextInt(count)).add("R" + random.nextInt(count));
      }
    }
    for (int output = 0; output < random.nextInt(3); output++) {
      template
          .withObject("/Outputs")
          .putObject("O" + output)
          .set("Value", function(random, count, 2));
    }
    return template;
  }

  private static ObjectNode object(Random random, int count, int depth) {
    ObjectNode object = NODES.objectNode();
    List<String> keys = new ArrayList<>(List.of("AlarmActions", "OKActions", "Name", "Extra"));
    for (int key = random.nextInt(4); key >= 0; key--) {
      object.set(keys.get(key), value(random, count, depth));
    }
    return object;
  }

  private static JsonNode value(Random random, int count, int depth) {
    return switch (depth == 0 ? random.nextInt(2) : random.nextInt(4)) {
      case 0 -> NODES.textNode("text");
      case 1 -> function(random, count, depth);
      case 2 -> object(random, count, depth - 1);
      default -> {
        ArrayNode list = NODES.arrayNode();
        for (int item = random.nextInt(4); item > 0; item--) {
          list.add(value(random, count, depth - 1));
        }
        yield list;
      }
    };
  }

  private static JsonNode function(Random random, int count, int depth) {
    String id = "R" + random.nextInt(count);
    ObjectNode function = NODES.objectNode();
    switch (depth == 0 ? random.nextInt(4) : random.nextInt(6)) {
      case 0 -> function.put("Ref", id);
      case 1 -> function.putArray("Fn::GetAtt").add(id).add("Arn");
      case 2 -> function.put("Fn::GetAtt", id + ".Arn");
      case 3 -> function.put("Fn::Sub", "a${" + id + ".Arn}b${!R99}");
      case 4 ->
          function
              .putArray("Fn::Join")
              .add("")
              .add(NODES.arrayNode().add("x").add(function(random, count, depth - 1)));
      default ->
          function
              .putArray("Fn::Sub")
              .add("${own} ${" + id + "}")
              .add(NODES.objectNode().set("own", function(random, count, depth - 1)));
    }
    return function;
  }
}
