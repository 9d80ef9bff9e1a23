package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Stacks;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One change set. */
final class Proposed {
  final String name;
  final String arn;
  final StackTemplate template;
  final Map<String, String> parameters;
  final Map<String, String> tags;
  final boolean create;
  String status = "CREATE_IN_PROGRESS";
  String execution = "UNAVAILABLE";
  Optional<String> reason = Optional.empty();
  List<Stacks.ResourceChange> changes = List.of();

  Proposed(
      String name,
      String arn,
      StackTemplate template,
      Map<String, String> parameters,
      Map<String, String> tags,
      boolean create) {
    this.name = name;
    this.arn = arn;
    this.template = template;
    this.parameters = Map.copyOf(parameters);
    this.tags = Map.copyOf(tags);
    this.create = create;
  }

  Stacks.ChangeSet describe() {
    return new Stacks.ChangeSet(name, status, execution, reason, changes);
  }
}
