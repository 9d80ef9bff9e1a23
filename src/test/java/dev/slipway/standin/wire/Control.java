package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions;
import dev.slipway.standin.kernel.Conditions.Action;
import dev.slipway.standin.kernel.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sets faults and conditions from outside: {@code POST /stand-in/faults} and {@code POST
 * /stand-in/conditions} take JSON, {@code DELETE /stand-in/faults} ends the script, {@code GET
 * /stand-in/calls} counts the calls by operation.
 */
final class Control {
  static final String PATH = "/stand-in/";

  private final CloudSimulation simulation;

  Control(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  WireAnswer answer(String method, String path, byte[] body) {
    ObjectNode done = Json.object();
    switch (method + " " + path.substring(PATH.length())) {
      case "POST faults" -> {
        JsonNode line = Json.read(body);
        add(
            line.path("operation").asText("*"),
            line.path("call").asInt(1),
            line.path("on").asBoolean(false),
            line.path("fault").asText());
      }
      case "DELETE faults" -> simulation.faults().clear();
      case "POST conditions" -> {
        JsonNode wanted = Json.read(body);
        simulation.with(all -> set(wanted));
      }
      case "GET calls" -> {
        Map<String, Integer> calls = simulation.faults().calls();
        calls.forEach(done::put);
      }
      default -> throw new AwsError(404, "NotFound", "There is no such control");
    }
    return WireAnswer.json(200, done);
  }

  /**
   * Adds a line to the script.
   *
   * @param on whether all calls from that one on go wrong
   */
  void add(String operation, int call, boolean on, String fault) {
    Fault what = fault(fault);
    if (on) {
      simulation.faults().from(operation, call, what);
    } else {
      simulation.faults().on(operation, call, what);
    }
  }

  private static Fault fault(String name) {
    return switch (name) {
      case "throttling" -> Fault.throttling();
      case "expired-token" -> Fault.expiredToken();
      case "denied" -> Fault.denied("this action");
      case "internal" -> Fault.internal();
      case "quota" -> Fault.quota("The account-level service limit is 0 instances");
      case "lost-request" -> new Fault.LostRequest();
      case "lost-reply" -> new Fault.LostReply();
      default -> throw new AwsError(400, "InvalidFault", "There is no fault \"" + name + "\"");
    };
  }

  private void set(JsonNode wanted) {
    Conditions conditions = simulation.conditions();
    wanted
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              switch (entry.getKey()) {
                case "per_call" -> simulation.perCall(Duration.parse(value.asText()));
                case "creating" -> conditions.creating(Duration.parse(value.asText()));
                case "updating" -> conditions.updating(Duration.parse(value.asText()));
                case "deleting" -> conditions.deleting(Duration.parse(value.asText()));
                case "waking" -> conditions.waking(Duration.parse(value.asText()));
                case "starting" -> conditions.starting(Duration.parse(value.asText()));
                case "balancer" -> conditions.balancer(value.asText());
                case "scarce" -> value.forEach(type -> conditions.scarce(type.asText()));
                case "plentiful" -> value.forEach(type -> conditions.plentiful(type.asText()));
                case "healthy" -> conditions.healthy();
                case "unhealthy" -> {
                  List<String> lines = new ArrayList<>();
                  value.path("lines").forEach(line -> lines.add(line.asText()));
                  conditions.unhealthy(value.path("image").asText(""), lines);
                }
                case "alarm_rollback" ->
                    conditions.alarmRollback(
                        value.path("alarm").asText(), value.path("stack_notices").asBoolean(true));
                case "trouble" ->
                    conditions.trouble(
                        value.path("logical_id").asText(),
                        Action.valueOf(value.path("action").asText()),
                        value.path("reason").asText(),
                        value.path("times").asInt(1));
                case "system_update" ->
                    simulation
                        .hosting()
                        .updateBySystem(
                            value.path("endpoint").asText(),
                            Duration.parse(value.path("time").asText()));
                case "component" ->
                    simulation
                        .hosting()
                        .createComponent(
                            value.path("name").asText(),
                            value.path("endpoint").asText(),
                            value.path("model").asText("none"),
                            1,
                            Map.of());
                case "image" ->
                    simulation
                        .images()
                        .push(value.path("repository").asText(), value.path("digest").asText());
                case "quota" ->
                    simulation
                        .account()
                        .quota(value.path("instance").asText(), value.path("value").asDouble());
                default ->
                    throw new AwsError(
                        400, "InvalidCondition", "There is no condition " + entry.getKey());
              }
            });
  }
}
