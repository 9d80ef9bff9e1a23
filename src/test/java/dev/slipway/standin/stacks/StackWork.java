package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.standin.kernel.Conditions.Action;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The work on one stack: one resource after the other, back again if one fails, and what was
 * replaced goes last.
 */
final class StackWork {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final StackRecord stack;
  private final Services services;
  private final Deque<Task> tasks = new ArrayDeque<>();
  private final List<Changed> journal = new ArrayList<>();
  private final List<Made> leftovers = new ArrayList<>();
  private final List<String> undeleted = new ArrayList<>();
  private final ResourceTypes types;
  private Phase phase;
  private Optional<Task> current = Optional.empty();
  private boolean cancelled;
  private boolean abandoned;

  /** What was done to a resource: nothing was there before where it was made. */
  record Changed(String logicalId, Optional<Made> before, boolean replaced) {}

  private enum Phase {
    CREATE,
    UPDATE,
    CLEAN_UP,
    TAKE_BACK,
    PUT_BACK,
    CLEAN_UP_AFTER_PUTTING_BACK,
    DELETE
  }

  StackWork(StackRecord stack, Services services, ResourceTypes types, Optional<StackWork> old) {
    this.stack = stack;
    this.services = services;
    this.types = types;
    this.phase = Phase.DELETE;
    old.ifPresent(work -> work.abandoned = true);
  }

  /** Begins to apply a template. */
  void apply(Blueprints wanted, boolean create) {
    phase = create ? Phase.CREATE : Phase.UPDATE;
    List<String> order = wanted.order();
    for (String id : order) {
      tasks.add(new ForwardTask(stack, services, wanted, id, this::changed));
    }
    tasks.add(
        Task.once(
            () -> {
              List<Made> gone = new ArrayList<>(stack.resources.values());
              gone.removeIf(made -> order.contains(made.logicalId()));
              Collections.reverse(gone);
              for (Made made : gone) {
                stack.resources.remove(made.logicalId());
                if (keptWhenDeleted(made)) {
                  stack.tell(made.with("DELETE_SKIPPED", Optional.empty()));
                } else {
                  leftovers.add(made);
                }
              }
              stack.outputs = Map.copyOf(wanted.outputs());
              stack.template = Optional.of(wanted.template());
              stack.parameters = wanted.parameters();
              stack.tags = wanted.tags();
            }));
    begin(create ? StackStatus.CREATE_IN_PROGRESS : StackStatus.UPDATE_IN_PROGRESS);
  }

  /** Begins to delete everything, except what is to be left. */
  void delete(Set<String> retain) {
    phase = Phase.DELETE;
    deleteAll(retain);
    begin(StackStatus.DELETE_IN_PROGRESS);
  }

  /** Lets an update end where it is, and be put back. */
  void cancel() {
    cancelled = true;
    stack.become(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, Optional.of("User Initiated"));
  }

  /** Goes on with putting back. */
  void goOn(Set<String> skip) {
    current
        .filter(task -> skip.contains(task.logicalId()))
        .ifPresent(
            task -> {
              current = Optional.empty();
              Made made = stack.resources.get(task.logicalId());
              if (made != null) {
                stack.keep(made.with("UPDATE_COMPLETE", Optional.empty()));
              }
            });
    current = current.map(Task::again);
    tasks.removeIf(task -> skip.contains(task.logicalId()));
    begin(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS);
  }

  private void begin(StackStatus status) {
    stack.become(status, Optional.of("User Initiated"));
    later();
  }

  private void later() {
    services
        .world()
        .agenda()
        .after(
            STEP,
            () -> {
              if (!abandoned) {
                advance();
              }
            });
  }

  private void advance() {
    if (current.isEmpty()) {
      if (cancelled && phase == Phase.UPDATE) {
        cancelled = false;
        putBack(Optional.empty());
        later();
        return;
      }
      current = Optional.ofNullable(tasks.poll());
    }
    if (current.isEmpty()) {
      end();
      return;
    }
    Task task = current.get();
    switch (task.advance()) {
      case Progress.Working working -> {}
      case Progress.Done done -> current = Optional.empty();
      case Progress.Failed failed -> failed(task, failed.reason());
    }
    // A stack that could be neither changed nor put back rests until somebody continues it.
    if (stack.status != StackStatus.UPDATE_ROLLBACK_FAILED) {
      later();
    }
  }

  private void changed(Changed change) {
    journal.add(change);
  }

  private void failed(Task task, String reason) {
    switch (phase) {
      case CREATE -> {
        current = Optional.empty();
        phase = Phase.TAKE_BACK;
        tasks.clear();
        stack.become(
            StackStatus.ROLLBACK_IN_PROGRESS,
            Optional.of(
                "The following resource(s) failed to create: ["
                    + task.logicalId()
                    + "]. Rollback requested by user."));
        deleteAll(Set.of());
      }
      case UPDATE -> {
        current = Optional.empty();
        cancelled = false;
        putBack(Optional.of(task.logicalId()));
      }
      case PUT_BACK ->
          stop(
              StackStatus.UPDATE_ROLLBACK_FAILED,
              "The following resource(s) failed to update: [" + task.logicalId() + "]. " + reason);
      case TAKE_BACK, DELETE -> {
        undeleted.add(task.logicalId());
        current = Optional.empty();
        // What a resource needs stays as long as the resource does.
        stack.template.ifPresent(
            template -> {
              for (String other : template.references(template.resource(task.logicalId()))) {
                tasks.removeIf(one -> one.logicalId().equals(other));
              }
            });
      }
      case CLEAN_UP, CLEAN_UP_AFTER_PUTTING_BACK -> current = Optional.empty();
    }
  }

  private void putBack(Optional<String> culprit) {
    phase = Phase.PUT_BACK;
    tasks.clear();
    if (stack.status == StackStatus.UPDATE_IN_PROGRESS) {
      stack.become(
          StackStatus.UPDATE_ROLLBACK_IN_PROGRESS,
          culprit.map(id -> "The following resource(s) failed to update: [" + id + "]."));
    }
    for (Changed change : journal.reversed()) {
      Made now = stack.resources.get(change.logicalId());
      if (now == null) {
        continue;
      }
      if (change.before().isEmpty()) {
        stack.resources.remove(change.logicalId());
        leftovers.add(now);
      } else if (change.replaced()) {
        leftovers.remove(change.before().get());
        leftovers.add(now);
        tasks.add(
            Task.once(
                () -> stack.keep(change.before().get().with("UPDATE_COMPLETE", Optional.empty()))));
      } else {
        tasks.add(
            new PutBackTask(
                stack, services, types.named(now.type()), change.before().orElseThrow()));
      }
    }
    // Those that were made or replaced last are still used by what is put back: they go last.
    journal.clear();
  }

  private void end() {
    switch (phase) {
      case CREATE -> stop(StackStatus.CREATE_COMPLETE, "");
      case UPDATE -> {
        for (Changed change : journal) {
          change
              .before()
              .filter(before -> change.replaced())
              .ifPresent(
                  before -> {
                    if (before.whenReplaced().equals("Retain")) {
                      stack.tell(before.with("DELETE_SKIPPED", Optional.empty()));
                    } else {
                      leftovers.addFirst(before);
                    }
                  });
        }
        cleanUp(Phase.CLEAN_UP, StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS);
      }
      case CLEAN_UP -> stop(StackStatus.UPDATE_COMPLETE, "");
      case PUT_BACK ->
          cleanUp(
              Phase.CLEAN_UP_AFTER_PUTTING_BACK,
              StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS);
      case CLEAN_UP_AFTER_PUTTING_BACK -> stop(StackStatus.UPDATE_ROLLBACK_COMPLETE, "");
      case TAKE_BACK ->
          stop(
              undeleted.isEmpty() ? StackStatus.ROLLBACK_COMPLETE : StackStatus.ROLLBACK_FAILED,
              undeletedReason());
      case DELETE ->
          stop(
              undeleted.isEmpty() ? StackStatus.DELETE_COMPLETE : StackStatus.DELETE_FAILED,
              undeletedReason());
    }
  }

  private String undeletedReason() {
    return undeleted.isEmpty()
        ? ""
        : "The following resource(s) failed to delete: [" + String.join(", ", undeleted) + "]. ";
  }

  private void stop(StackStatus status, String why) {
    stack.become(status, why.isEmpty() ? Optional.empty() : Optional.of(why));
    abandoned = status != StackStatus.UPDATE_ROLLBACK_FAILED;
    if (status == StackStatus.UPDATE_ROLLBACK_FAILED) {
      return;
    }
    stack.work = Optional.empty();
  }

  private void cleanUp(Phase next, StackStatus status) {
    phase = next;
    stack.become(status, Optional.empty());
    for (Made made : leftovers) {
      if (made.physicalId().isEmpty()) {
        continue;
      }
      tasks.add(new DeleteTask(stack, services, types.named(made.type()), made, false));
    }
    leftovers.clear();
    later();
  }

  private void deleteAll(Set<String> retain) {
    List<Made> all = new ArrayList<>(stack.resources.values());
    Collections.reverse(all);
    boolean takingBack = phase == Phase.TAKE_BACK;
    for (Made made : all) {
      if (made.status().equals("DELETE_COMPLETE") || made.status().equals("DELETE_SKIPPED")) {
        continue;
      }
      boolean keep =
          retain.contains(made.logicalId())
              || (takingBack ? made.whenDeleted().equals("Retain") : keptWhenDeleted(made));
      if (keep || made.physicalId().isEmpty()) {
        String end = keep ? "DELETE_SKIPPED" : "DELETE_COMPLETE";
        tasks.add(Task.once(() -> stack.keep(made.with(end, Optional.empty()))));
      } else {
        tasks.add(new DeleteTask(stack, services, types.named(made.type()), made, true));
      }
    }
  }

  private static boolean keptWhenDeleted(Made made) {
    return made.whenDeleted().startsWith("Retain");
  }

  /** Returns why an action on a resource fails by the script, if so. */
  static Optional<String> trouble(Services services, String logicalId, Action action) {
    return services.world().conditions().takeTrouble(logicalId, action);
  }
}
