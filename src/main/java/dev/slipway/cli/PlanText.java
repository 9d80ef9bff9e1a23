package dev.slipway.cli;

import dev.slipway.plan.Change;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Plan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a plan for a person. */
record PlanText(Plan plan) {
  private static final Map<Change.Action, String> MARKS =
      Map.of(
          Change.Action.CREATE, "+",
          Change.Action.UPDATE, "~",
          Change.Action.REPLACE, "±",
          Change.Action.DELETE, "-");

  /** Returns its lines; the findings come last, since they are what has to be acted on. */
  List<String> lines(Console console) {
    var lines = new java.util.ArrayList<String>();
    String name =
        plan.environment().equals("default")
            ? plan.deployment()
            : plan.deployment() + " in " + plan.environment();
    if (plan.changes().isEmpty()) {
      lines.add(console.bold(name) + ": nothing to change");
    } else {
      lines.add(console.bold(name) + ": " + summary());
      plan.changes().forEach(change -> lines.add(line(console, change)));
    }
    lines.add(
        "  cost per hour: "
            + dollars(plan.costPerHour().before())
            + " before, "
            + dollars(plan.costPerHour().after())
            + " after");
    plan.findings().forEach(finding -> lines.add(line(console, finding)));
    return lines;
  }

  private String summary() {
    var parts = new java.util.ArrayList<String>();
    for (Change.Action action : Change.Action.values()) {
      long count = plan.changes().stream().filter(change -> change.action() == action).count();
      if (count > 0) {
        parts.add(count + " to " + action.word());
      }
    }
    return String.join(", ", parts);
  }

  private static String line(Console console, Change change) {
    String mark = MARKS.getOrDefault(change.action(), "?");
    String shown =
        switch (change.action()) {
          case CREATE -> console.green(mark);
          case UPDATE -> mark;
          case REPLACE, DELETE -> console.red(mark);
        };
    return "  %s %-42s %s%s%s"
        .formatted(
            shown,
            change.type(),
            change.logicalId(),
            change.name().isEmpty() ? "" : "  " + change.name(),
            change.reason().isEmpty() ? "" : "  (" + change.reason() + ")");
  }

  private static String line(Console console, Finding finding) {
    String word =
        switch (finding.severity()) {
          case REFUSE -> console.red("refused:");
          case WARN -> console.red("warning:");
          case INFO -> "note:";
        };
    String why = finding.why().isEmpty() ? "" : ": " + finding.why();
    return "  " + word + " " + finding.what() + why + ". " + finding.next();
  }

  private static String dollars(@Nullable Double amount) {
    return amount == null ? "unknown" : String.format(Locale.ROOT, "%.3f USD", amount);
  }
}
