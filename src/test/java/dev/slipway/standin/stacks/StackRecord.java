package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.standin.hosting.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One stack as it is. */
final class StackRecord {
  static final String TYPE = "AWS::CloudFormation::Stack";

  final String id;
  final String name;
  final Instant created;
  final Map<String, Made> resources = new LinkedHashMap<>();
  final Map<String, Proposed> changeSets = new LinkedHashMap<>();
  final List<Stacks.Event> events = new ArrayList<>();
  final Set<String> tokens = new HashSet<>();
  private final World world;
  StackStatus status = StackStatus.REVIEW_IN_PROGRESS;
  Optional<String> reason = Optional.of("User Initiated");
  Optional<StackTemplate> template = Optional.empty();
  Optional<Instant> updated = Optional.empty();
  Map<String, String> parameters = Map.of();
  Map<String, String> tags = Map.of();
  Map<String, String> outputs = Map.of();
  Optional<StackWork> work = Optional.empty();

  StackRecord(World world, String name, String id) {
    this.world = world;
    this.name = name;
    this.id = id;
    this.created = world.agenda().now();
  }

  /** Takes a state, and tells of it. */
  void become(StackStatus next, Optional<String> why) {
    status = next;
    reason = why;
    say(name, TYPE, next.name(), Optional.of(id), why);
  }

  /** Keeps a resource in a new state, and tells of it. */
  void keep(Made made) {
    resources.put(made.logicalId(), made);
    tell(made);
  }

  /** Tells of a resource's state. */
  void tell(Made made) {
    say(made.logicalId(), made.type(), made.status(), made.physicalId(), made.reason());
  }

  private void say(
      String logicalId,
      String type,
      String state,
      Optional<String> physicalId,
      Optional<String> why) {
    events.add(
        new Stacks.Event(
            world.names().id(), world.agenda().now(), logicalId, type, state, physicalId, why));
  }

  /** Returns the values that {@code Ref} knows besides resources. */
  Map<String, String> values(Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>(given);
    values.put("AWS::Region", world.region().name());
    values.put("AWS::AccountId", world.region().account());
    values.put("AWS::Partition", "aws");
    values.put("AWS::URLSuffix", "amazonaws.com");
    values.put("AWS::StackName", name);
    values.put("AWS::StackId", id);
    return values;
  }

  Stacks.Stack describe() {
    return new Stacks.Stack(id, name, status, reason, outputs, parameters, tags, created, updated);
  }
}
