package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.standin.kernel.AwsError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** CloudFormation. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedStacks implements Stacks {
  private static final Duration THINKING = Duration.ofSeconds(2);

  private final Services services;
  private final ResourceTypes types;
  private final Map<String, StackRecord> live = new LinkedHashMap<>();
  private final Map<String, StackRecord> byId = new HashMap<>();

  /** Makes CloudFormation over services, with no stack yet. */
  public SimulatedStacks(Services services) {
    this.services = services;
    this.types = new ResourceTypes(services);
  }

  @Override
  public Optional<Stack> find(String name) {
    return record(name).map(StackRecord::describe);
  }

  /** Returns the stacks that aren't deleted. */
  public List<Stack> all() {
    settle();
    return live.values().stream().map(StackRecord::describe).toList();
  }

  @Override
  public List<Stack> tagged(Map<String, String> tags) {
    return all().stream()
        .filter(stack -> stack.tags().entrySet().containsAll(tags.entrySet()))
        .toList();
  }

  @Override
  public String template(String stack) {
    return require(stack)
        .template
        .map(StackTemplate::text)
        .orElseThrow(() -> AwsError.validation("Stack with id " + stack + " does not exist"));
  }

  @Override
  public void propose(Proposal proposal) {
    StackTemplate template = StackTemplate.read(text(proposal.template()));
    Map<String, String> parameters = template.parameters(proposal.parameters());
    for (String id : template.resourceIds()) {
      types.named(template.resource(id).path("Type").asText());
    }
    Optional<StackRecord> found = record(proposal.stack());
    if (proposal.create()) {
      refuseExisting(found);
    } else {
      refuseNotUpdatable(proposal.stack(), found);
    }
    StackRecord stack = found.orElseGet(() -> add(proposal.stack()));
    if (stack.changeSets.containsKey(proposal.changeSet())) {
      throw new AwsError(
          400, "AlreadyExistsException", "ChangeSet " + proposal.changeSet() + " already exists");
    }
    Proposed proposed =
        new Proposed(
            proposal.changeSet(),
            services
                .world()
                .region()
                .arn(
                    "cloudformation",
                    "changeSet/" + proposal.changeSet() + "/" + services.world().names().id()),
            template,
            parameters,
            proposal.tags(),
            proposal.create());
    stack.changeSets.put(proposed.name, proposed);
    services.world().agenda().after(THINKING, () -> think(stack, proposed));
  }

  private void think(StackRecord stack, Proposed proposed) {
    try {
      proposed.changes = blueprints(stack, proposed).changes();
      boolean sameOutputs =
          stack
              .template
              .map(old -> old.section("Outputs").equals(proposed.template.section("Outputs")))
              .orElse(false);
      if (proposed.changes.isEmpty() && sameOutputs && stack.tags.equals(proposed.tags)) {
        proposed.status = "FAILED";
        proposed.reason =
            Optional.of(
                "The submitted information didn't contain changes. Submit different information to"
                    + " create a change set.");
        return;
      }
      proposed.status = "CREATE_COMPLETE";
      proposed.execution = "AVAILABLE";
    } catch (AwsError e) {
      proposed.status = "FAILED";
      proposed.reason = Optional.of(e.text());
    }
  }

  @Override
  public Optional<ChangeSet> changeSet(String stack, String name) {
    return record(stack)
        .flatMap(record -> Optional.ofNullable(record.changeSets.get(name)))
        .map(Proposed::describe);
  }

  /** Returns a change set's ARN; absent if there is none. */
  public Optional<String> changeSetArn(String stack, String name) {
    return record(stack)
        .flatMap(record -> Optional.ofNullable(record.changeSets.get(name)))
        .map(proposed -> proposed.arn);
  }

  @Override
  public void drop(String stack, String changeSet) {
    record(stack).ifPresent(record -> record.changeSets.remove(changeSet));
  }

  @Override
  public void execute(String name, String changeSet, String token) {
    StackRecord stack = require(name);
    if (stack.tokens.contains(token)) {
      return;
    }
    Proposed proposed = stack.changeSets.get(changeSet);
    if (proposed == null) {
      throw new AwsError(404, "ChangeSetNotFound", "ChangeSet [" + changeSet + "] does not exist");
    }
    if (!proposed.execution.equals("AVAILABLE")) {
      throw new AwsError(
          400,
          "InvalidChangeSetStatus",
          "ChangeSet ["
              + proposed.arn
              + "] cannot be executed in its current status of ["
              + (proposed.status.equals("CREATE_COMPLETE") ? proposed.execution : proposed.status)
              + "]");
    }
    if (!proposed.create) {
      refuseNotUpdatable(name, Optional.of(stack));
      stack.updated = Optional.of(services.world().agenda().now());
    }
    stack.tokens.add(token);
    proposed.execution = "EXECUTE_COMPLETE";
    stack.changeSets.values().removeIf(other -> other != proposed);
    if (stack.template.isEmpty()) {
      stack.template = Optional.of(proposed.template);
      stack.parameters = proposed.parameters;
      stack.tags = proposed.tags;
    }
    StackWork work = new StackWork(stack, services, types, stack.work);
    stack.work = Optional.of(work);
    work.apply(blueprints(stack, proposed), proposed.create);
  }

  @Override
  public List<Event> events(String stack, Optional<String> after) {
    List<Event> events = require(stack).events;
    int from = 0;
    for (int i = 0; i < events.size(); i++) {
      if (after.equals(Optional.of(events.get(i).id()))) {
        from = i + 1;
      }
    }
    return List.copyOf(events.subList(from, events.size()));
  }

  @Override
  public List<Resource> resources(String stack) {
    return require(stack).resources.values().stream().map(Made::describe).toList();
  }

  @Override
  public void cancelUpdate(String name, String token) {
    StackRecord stack = require(name);
    if (stack.tokens.contains(token)) {
      return;
    }
    if (stack.status != StackStatus.UPDATE_IN_PROGRESS) {
      throw AwsError.validation("CancelUpdateStack cannot be called from current stack status");
    }
    stack.tokens.add(token);
    stack.work.ifPresent(StackWork::cancel);
  }

  @Override
  public void continueRollback(String name, Set<String> skip, String token) {
    StackRecord stack = require(name);
    if (stack.tokens.contains(token)) {
      return;
    }
    if (stack.status != StackStatus.UPDATE_ROLLBACK_FAILED) {
      throw AwsError.validation(
          "Stack:" + stack.id + " is in " + stack.status + " state and can not be rolled back.");
    }
    stack.tokens.add(token);
    stack.work.ifPresent(work -> work.goOn(skip));
  }

  @Override
  public void delete(String name, Set<String> retain, String token) {
    Optional<StackRecord> found = record(name);
    if (found.isEmpty() || found.get().tokens.contains(token)) {
      return;
    }
    StackRecord stack = found.get();
    switch (stack.status) {
      case DELETE_COMPLETE, DELETE_IN_PROGRESS -> {}
      case UPDATE_IN_PROGRESS,
          UPDATE_ROLLBACK_IN_PROGRESS,
          UPDATE_COMPLETE_CLEANUP_IN_PROGRESS,
          UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
          ROLLBACK_IN_PROGRESS ->
          throw AwsError.validation(
              "Stack [" + stack.id + "] cannot be deleted while in status " + stack.status);
      default -> {
        if (!retain.isEmpty() && stack.status != StackStatus.DELETE_FAILED) {
          throw AwsError.validation(
              "Invalid operation on stack ["
                  + stack.id
                  + "]. RetainResources can only be used on a stack in DELETE_FAILED state");
        }
        stack.tokens.add(token);
        StackWork work = new StackWork(stack, services, types, stack.work);
        stack.work = Optional.of(work);
        work.delete(retain);
      }
    }
  }

  private Blueprints blueprints(StackRecord stack, Proposed proposed) {
    return new Blueprints(stack, types, proposed.template, proposed.parameters, proposed.tags);
  }

  private String text(Template template) {
    return switch (template) {
      case Template.Body body -> {
        if (body.json().getBytes(StandardCharsets.UTF_8).length > 51_200) {
          throw AwsError.validation(
              "1 validation error detected: Value at 'templateBody' failed to satisfy constraint:"
                  + " Member must have length less than or equal to 51200");
        }
        yield body.json();
      }
      case Template.InBucket at ->
          services
              .objects()
              .get(at.bucket(), at.key())
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .orElseThrow(() -> AwsError.validation("S3 error: Access Denied"));
    };
  }

  private StackRecord add(String name) {
    StackRecord stack =
        new StackRecord(
            services.world(),
            name,
            services
                .world()
                .region()
                .arn("cloudformation", "stack/" + name + "/" + services.world().names().id()));
    live.put(name, stack);
    byId.put(stack.id, stack);
    stack.become(StackStatus.REVIEW_IN_PROGRESS, Optional.of("User Initiated"));
    return stack;
  }

  /** Forgets the names of deleted stacks. */
  private void settle() {
    live.values().removeIf(stack -> stack.status == StackStatus.DELETE_COMPLETE);
  }

  private Optional<StackRecord> record(String nameOrId) {
    settle();
    return Optional.ofNullable(live.get(nameOrId))
        .or(() -> Optional.ofNullable(byId.get(nameOrId)));
  }

  private StackRecord require(String nameOrId) {
    return record(nameOrId)
        .orElseThrow(() -> AwsError.validation("Stack with id " + nameOrId + " does not exist"));
  }

  private static void refuseExisting(Optional<StackRecord> found) {
    found
        .filter(stack -> stack.status != StackStatus.REVIEW_IN_PROGRESS)
        .ifPresent(
            stack -> {
              throw new AwsError(
                  400,
                  "AlreadyExistsException",
                  "Stack [" + stack.name + "] already exists and cannot be created again");
            });
  }

  private static void refuseNotUpdatable(String name, Optional<StackRecord> found) {
    StackRecord stack =
        found.orElseThrow(() -> AwsError.validation("Stack [" + name + "] does not exist"));
    List<StackStatus> fine =
        new ArrayList<>(
            List.of(
                StackStatus.CREATE_COMPLETE,
                StackStatus.UPDATE_COMPLETE,
                StackStatus.UPDATE_ROLLBACK_COMPLETE,
                StackStatus.IMPORT_COMPLETE));
    if (!fine.contains(stack.status)) {
      throw AwsError.validation(
          "Stack:" + stack.id + " is in " + stack.status + " state and can not be updated.");
    }
  }
}
