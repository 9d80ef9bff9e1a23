package dev.slipway.standin.wire;

import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Alarms;
import dev.slipway.standin.CloudSimulation;
import java.util.List;

/** STS, IAM's simulator and CloudWatch's alarms by the Query protocol. */
final class AccountWire {
  private final CloudSimulation simulation;

  AccountWire(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  /** Writes an action's result; returns whether it is one of these. */
  boolean answer(WireRequest request, Xml xml) {
    switch (request.action()) {
      case "GetCallerIdentity" -> {
        Account.Identity caller = simulation.account().identity();
        xml.put("Arn", caller.arn()).put("UserId", "AIDASTANDIN").put("Account", caller.account());
      }
      case "SimulatePrincipalPolicy" ->
          xml.in(
                  "EvaluationResults",
                  () -> request.list("ActionNames").forEach(action -> decision(action, xml)))
              .put("IsTruncated", "false");
      case "DescribeAlarms" -> {
        List<String> names = request.list("AlarmNames");
        List<Alarms.Alarm> alarms =
            simulation.alarms().startingWith(request.text("AlarmNamePrefix")).stream()
                .filter(alarm -> names.isEmpty() || names.contains(alarm.name()))
                .toList();
        xml.in("MetricAlarms", () -> alarms.forEach(alarm -> alarm(alarm, xml)));
      }
      case "DeleteAlarms" -> simulation.alarms().delete(request.list("AlarmNames"));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void decision(String action, Xml xml) {
    boolean denied = simulation.account().denied(action).isPresent();
    xml.in(
        "member",
        () ->
            xml.put("EvalActionName", action)
                .put("EvalResourceName", "*")
                .put("EvalDecision", denied ? "implicitDeny" : "allowed")
                .in("MissingContextValues", () -> {}));
  }

  private static void alarm(Alarms.Alarm alarm, Xml xml) {
    xml.in(
        "member",
        () ->
            xml.put("AlarmName", alarm.name())
                .put("AlarmArn", alarm.arn())
                .put("StateValue", alarm.state())
                .put("StateReason", alarm.reason()));
  }
}
