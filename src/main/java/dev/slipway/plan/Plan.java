package dev.slipway.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a deploy will create, change, replace and delete: the document of {@code slipway plan
 * --json}. It holds no secret.
 *
 * @param changes empty if there is nothing to do
 * @param costPerHour in US dollars, of the instances that are always on
 * @param findings of the checks before it
 * @param steps what will be applied, in order
 */
public record Plan(
    String deployment,
    String environment,
    List<Change> changes,
    @JsonProperty("cost_per_hour") CostPerHour costPerHour,
    List<Finding> findings,
    @JsonIgnore List<Step> steps) {

  /** Copies the lists. */
  public Plan {
    changes = List.copyOf(changes);
    findings = List.copyOf(findings);
    steps = List.copyOf(steps);
  }

  /** Returns the plan with these findings instead of its own. */
  public Plan withFindings(List<Finding> others) {
    return new Plan(deployment, environment, changes, costPerHour, others, steps);
  }

  /** Returns the plan with some of its changes, which follow each other, told in another way. */
  public Plan withChanges(List<Change> some, List<Change> instead) {
    List<Change> all = new ArrayList<>(changes);
    int at = Collections.indexOfSubList(all, some);
    all.subList(at, at + some.size()).clear();
    all.addAll(at, instead);
    return new Plan(deployment, environment, all, costPerHour, findings, steps);
  }

  /**
   * US dollars an hour; null where a price isn't known.
   *
   * @param before what runs now costs
   * @param after what will run costs, at its smallest scale
   */
  public record CostPerHour(@Nullable Double before, @Nullable Double after) {}

  /**
   * One change set.
   *
   * @param stack its stack's name
   * @param purpose in a few words, such as "detach scaling"
   * @param template as JSON
   */
  public record Step(String stack, String purpose, String template) {}
}
