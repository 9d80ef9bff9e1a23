package dev.slipway.deploy.observe;

import dev.slipway.deploy.cloud.Stacks;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds, among a stack's events, why its last change failed. */
final class Causes {
  private static final String STACK = "AWS::CloudFormation::Stack";
  private static final Set<String> BEGINNINGS =
      Set.of("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS");

  private Causes() {}

  /**
   * Returns the first failure of the last change: those after it are its consequences.
   *
   * @param events oldest first
   */
  static Optional<String> of(List<Stacks.Event> events) {
    int begun = 0;
    for (int i = 0; i < events.size(); i++) {
      Stacks.Event event = events.get(i);
      if (event.type().equals(STACK) && BEGINNINGS.contains(event.status())) {
        begun = i;
      }
    }
    return events.subList(begun, events.size()).stream()
        .filter(event -> event.status().endsWith("_FAILED") && !event.type().equals(STACK))
        .filter(event -> event.reason().filter(r -> !r.contains("cancelled")).isPresent())
        .findFirst()
        .map(event -> event.logicalId() + ": " + event.reason().orElse(""));
  }
}
