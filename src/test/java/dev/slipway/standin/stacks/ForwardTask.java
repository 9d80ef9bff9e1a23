package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions.Action;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes, changes or replaces one resource, as its template says. */
final class ForwardTask implements Task {
  private final StackRecord stack;
  private final Services services;
  private final Blueprints wanted;
  private final String id;
  private final Consumer<StackWork.Changed> journal;
  private String verb = "";

  ForwardTask(
      StackRecord stack,
      Services services,
      Blueprints wanted,
      String id,
      Consumer<StackWork.Changed> journal) {
    this.stack = stack;
    this.services = services;
    this.wanted = wanted;
    this.id = id;
    this.journal = journal;
  }

  @Override
  public String logicalId() {
    return id;
  }

  @Override
  public Task again() {
    return new ForwardTask(stack, services, wanted, id, journal);
  }

  @Override
  public Progress advance() {
    return verb.isEmpty() ? begin() : look();
  }

  private Progress begin() {
    ResourceType type = wanted.type(id);
    Spec spec = wanted.spec(id, Set.of());
    Optional<Made> before = Optional.ofNullable(stack.resources.get(id));
    List<String> different =
        before.map(made -> Blueprints.differences(type, made.spec(), spec)).orElse(List.of());
    if (before.isPresent() && different.isEmpty()) {
      return new Progress.Done();
    }
    boolean replaced = different.stream().anyMatch(type::replaces);
    boolean create = before.isEmpty() || replaced;
    verb = before.isEmpty() ? "CREATE" : "UPDATE";
    Made begun =
        new Made(
            id,
            wanted.typeName(id),
            before.flatMap(Made::physicalId),
            verb + "_IN_PROGRESS",
            replaced
                ? Optional.of(
                    "Requested update requires the creation of a new physical resource; hence"
                        + " creating one.")
                : Optional.empty(),
            spec,
            wanted.policy(id, "DeletionPolicy"),
            wanted.policy(id, "UpdateReplacePolicy"));
    stack.tell(begun);
    try {
      Optional<String> trouble =
          StackWork.trouble(services, id, before.isEmpty() ? Action.CREATE : Action.UPDATE);
      if (trouble.isPresent()) {
        throw AwsError.refused(trouble.get());
      }
      String physicalId;
      if (create) {
        physicalId = type.create(spec);
      } else {
        physicalId = before.flatMap(Made::physicalId).orElseThrow();
        journal.accept(new StackWork.Changed(id, before, false));
        type.update(physicalId, spec);
      }
      stack.resources.put(
          id,
          new Made(
              id,
              begun.type(),
              Optional.of(physicalId),
              begun.status(),
              Optional.empty(),
              spec,
              begun.whenDeleted(),
              begun.whenReplaced()));
      if (create) {
        journal.accept(new StackWork.Changed(id, before, replaced));
      }
      return new Progress.Working();
    } catch (AwsError e) {
      return failed(begun, e.text());
    }
  }

  private Progress look() {
    Made made = stack.resources.get(id);
    if (made == null) {
      return new Progress.Done();
    }
    Progress progress = wanted.type(id).progress(made.physicalId().orElseThrow(), made.spec());
    return switch (progress) {
      case Progress.Working working -> working;
      case Progress.Done done -> {
        stack.keep(made.with(verb + "_COMPLETE", Optional.empty()));
        yield done;
      }
      case Progress.Failed failed -> failed(made, failed.reason());
    };
  }

  /** Keeps the resource as it was where another was to be made in its place. */
  private Progress failed(Made made, String reason) {
    Made failed = made.with(verb + "_FAILED", Optional.of(reason));
    stack.tell(failed);
    Made kept = stack.resources.get(id);
    if (kept == null) {
      journal.accept(new StackWork.Changed(id, Optional.empty(), false));
      stack.resources.put(id, failed);
    } else if (kept.status().endsWith("_IN_PROGRESS")) {
      stack.resources.put(id, failed);
    }
    return new Progress.Failed(reason);
  }
}
