package dev.slipway.deploy.teardown;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Refused;
import dev.slipway.failure.StillWorking;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Takes one environment of a deployment away, and with the last one the store that all share.
 * Everything is looked up anew, so that a run that was cut off anywhere is finished by the next.
 */
public final class Destroyer {
  private final Cloud cloud;
  private final Pace pace;
  private final Patience patience;
  private final Exclusion exclusion;
  private final Consumer<DeployEvent> onlooker;

  /** Makes one for an account and region. */
  public Destroyer(
      Cloud cloud,
      Pace pace,
      Patience patience,
      Exclusion exclusion,
      Consumer<DeployEvent> onlooker) {
    this.cloud = cloud;
    this.pace = pace;
    this.patience = patience;
    this.exclusion = exclusion;
    this.onlooker = onlooker;
  }

  /**
   * Says what {@link #destroy} would remove, and changes nothing.
   *
   * @param own what the manifest names of the user's; empty where there is no manifest
   */
  public Removal preview(ResourceNames names, List<Removal.Kept> own) {
    Run run = new Run(names);
    run.refuseAnothers();
    Set<Removal.Deleted> going = new java.util.LinkedHashSet<>();
    run.service.ifPresent(stack -> going.addAll(contents(stack)));
    run.stack.ifPresent(stack -> going.addAll(contents(stack)));
    run.survey.look().forEach(thing -> going.add(thing.deleted()));
    List<Removal.Kept> kept = new ArrayList<>(run.kept(own));
    run.store.ifPresent(
        store -> {
          List<String> others = run.neighbours().alive(store);
          Contents contents = new Contents(cloud, store);
          contents
              .list(others.isEmpty() ? _ -> true : run::ofEnvironment)
              .forEach(thing -> going.add(thing.deleted()));
          if (others.isEmpty()) {
            contents.images().forEach(image -> going.add(image.deleted()));
            going.add(new Removal.Deleted(Sort.STACK.type(), store.stack()));
          } else {
            kept.add(shared(store, others));
          }
        });
    return new Removal(List.copyOf(going), kept, List.of());
  }

  /**
   * Removes it all, in the order in which it can go, and looks until nothing is found any more.
   *
   * @param own what the manifest names of the user's; empty where there is no manifest
   * @throws dev.slipway.failure.LockHeld if a deploy of the environment runs
   * @throws StillWorking if the cloud can't be reached any more, or refuses the credentials, after
   *     something began to go
   */
  public Removal destroy(ResourceNames names, List<Removal.Kept> own) {
    Run run = new Run(names);
    run.refuseAnothers();
    Optional<String> store = run.store.flatMap(Store::bucket);
    if (store.isEmpty()) {
      return run.telling(() -> run.walk(own, Optional.empty()));
    }
    try (Bucket bucket = cloud.bucket(store.get())) {
      Optional<Exclusion.Held> held = exclusion.take(bucket, names.lockKey());
      try {
        return run.telling(() -> run.walk(own, held));
      } finally {
        held.ifPresent(Exclusion.Held::close);
      }
    }
  }

  private List<Removal.Deleted> contents(Stacks.Stack stack) {
    List<Removal.Deleted> going = new ArrayList<>();
    for (Stacks.Resource resource : cloud.stacks().resources(stack.id())) {
      resource
          .physicalId()
          .ifPresent(
              id -> going.add(new Removal.Deleted(resource.type(), Survey.title(resource, id))));
    }
    going.add(new Removal.Deleted(Sort.STACK.type(), stack.name()));
    return going;
  }

  private static Removal.Kept shared(Store store, List<String> others) {
    return new Removal.Kept(
        Sort.STACK.type(),
        store.stack(),
        "the models and images in it are shared with " + String.join(", ", others));
  }

  /** One removal. */
  private final class Run {
    private final ResourceNames names;
    private final Survey survey;
    private final Sweep sweep;
    private final Optional<Stacks.Stack> service;
    private final Optional<Stacks.Stack> stack;
    private final Optional<Store> store;
    private final Set<String> inStack = new HashSet<>();
    private final List<Removal.Deleted> deleted = new ArrayList<>();
    private final List<Removal.Left> left = new ArrayList<>();

    Run(ResourceNames names) {
      this.names = names;
      this.survey = new Survey(cloud, names);
      this.sweep = new Sweep(new Remover(cloud), pace, patience, onlooker, cloud.region());
      this.service = cloud.stacks().find(names.serviceStack());
      this.stack = cloud.stacks().find(names.endpointStack());
      this.store = Store.find(cloud, names);
      service.ifPresent(there -> survey.know(there, cloud.stacks().resources(there.id())));
      stack.ifPresent(
          there -> {
            List<Stacks.Resource> resources = cloud.stacks().resources(there.id());
            survey.know(there, resources);
            resources.forEach(
                resource -> resource.physicalId().ifPresent(id -> inStack.add(Survey.last(id))));
          });
    }

    Neighbours neighbours() {
      return new Neighbours(cloud, names, exclusion);
    }

    /** Two deployments can come to the same stack name: {@code chat@prod} and {@code chat-prod}. */
    void refuseAnothers() {
      java.util.stream.Stream.concat(service.stream(), stack.stream())
          .filter(there -> Ownership.of(there.tags(), names) == Ownership.ANOTHERS)
          .findFirst()
          .ifPresent(
              there -> {
                throw new Refused(
                    "anothers_stack",
                    "Cannot destroy \"" + names.deployment() + "\"",
                    "the stack "
                        + there.name()
                        + " belongs to the deployment \""
                        + there.tags().getOrDefault(ResourceNames.DEPLOYMENT_TAG, "")
                        + "\" in the environment \""
                        + there.tags().getOrDefault(ResourceNames.ENVIRONMENT_TAG, "default")
                        + "\".",
                    "Name that one (--name DEPLOYMENT@ENVIRONMENT) if it is meant.");
              });
    }

    /** Says, where the cloud is lost on the way, that it goes on with what was begun. */
    Removal telling(java.util.function.Supplier<Removal> walk) {
      try {
        return walk.get();
      } catch (CloudFailure failure) {
        if (failure.kind() == CloudFailure.Kind.CREDENTIALS
            || failure.kind() == CloudFailure.Kind.UNREACHABLE) {
          throw stillWorking(failure);
        }
        throw failure;
      }
    }

    private StillWorking stillWorking(Failure failure) {
      return new StillWorking(
          "\"" + names.deployment() + "\" is not proven to be gone",
          failure.what() + ": " + failure.why(),
          "Mend that, then go on where it stopped: slipway destroy.",
          failure);
    }

    Removal walk(List<Removal.Kept> own, Optional<Exclusion.Held> held) {
      List<Removal.Kept> kept = new ArrayList<>(kept(own));
      if (service.isPresent()) {
        // What asks the endpoint goes before it.
        step("removing the service");
        remove(names.serviceStack(), held, () -> {});
      }
      if (stack.isPresent()) {
        step("removing the endpoint");
      }
      // Autoscaling's alarms go with their policies, and so with the stack, of which they are not.
      List<Doomed> there = stack.isPresent() ? survey.look() : List.of();
      stack.ifPresent(_ -> remove(names.endpointStack(), held, this::settle));
      step("looking for what is left of it");
      left.addAll(sweep.until(survey::look, _ -> true));
      held.ifPresent(Exclusion.Held::insist);
      store.ifPresent(found -> removeStore(found, kept, held));
      List<Removal.Deleted> gone = new ArrayList<>(deleted);
      gone.addAll(sweep.deleted());
      there.stream().filter(thing -> !isLeft(thing)).map(Doomed::deleted).forEach(gone::add);
      return new Removal(order(gone), Keepsakes.distinct(kept), left);
    }

    private boolean isLeft(Doomed thing) {
      return left.stream()
          .anyMatch(
              one -> one.type().equals(thing.sort().type()) && one.name().equals(thing.title()));
    }

    private void remove(String name, Optional<Exclusion.Held> held, Runnable settle) {
      var removal = new StackRemoval(cloud.stacks(), pace, patience, onlooker, name, true);
      StackRemoval.Outcome outcome =
          removal.remove(
              () -> {
                held.ifPresent(Exclusion.Held::insist);
                settle.run();
              });
      deleted.addAll(outcome.deleted());
      outcome
          .left()
          .ifPresent(reason -> left.add(Doomed.of(Sort.STACK, name).left(reason, cloud.region())));
      // What the stack went without is found by its name; of the rest only the user can dispose.
      for (Stacks.Resource stuck : outcome.stuck()) {
        if (java.util.Arrays.stream(Sort.values())
            .noneMatch(sort -> sort.type().equals(stuck.type()))) {
          left.add(
              new Removal.Left(
                  stuck.type(),
                  Survey.last(stuck.physicalId().orElse(stuck.logicalId())),
                  stuck.reason().orElse("CloudFormation could not delete it"),
                  "Delete it by hand, in the console or with `aws`."));
        }
      }
    }

    /** Does what CloudFormation can't: hidden components, an endpoint that can't go yet. */
    private void settle() {
      sweep.until(
          survey::look,
          thing ->
              thing.sort() == Sort.COMPONENT
                  && (Remover.mustWait(thing) || !inStack.contains(thing.name())));
      // Waited for and not removed: the stack does that, in its order.
      var end = pace.now().plus(patience.endpoint());
      String told = "";
      for (Optional<Doomed> busy = busyEndpoint();
          busy.isPresent() && pace.now().isBefore(end);
          busy = busyEndpoint()) {
        String status = busy.get().detail();
        if (!status.equals(told)) {
          onlooker.accept(new DeployEvent.EndpointIs(busy.get().name(), status));
          told = status;
        }
        pace.pause(patience.look());
      }
    }

    private Optional<Doomed> busyEndpoint() {
      return survey.look().stream()
          .filter(thing -> thing.sort() == Sort.ENDPOINT && Remover.mustWait(thing))
          .findFirst();
    }

    private void removeStore(Store there, List<Removal.Kept> kept, Optional<Exclusion.Held> held) {
      step("removing what it stored");
      Contents contents = new Contents(cloud, there);
      List<String> others = neighbours().alive(there);
      if (!others.isEmpty() || !left.isEmpty()) {
        if (left.isEmpty()) {
          deleted.addAll(contents.empty(this::ofEnvironment));
          kept.add(shared(there, others));
        } else if (others.isEmpty()) {
          left.add(
              Doomed.of(Sort.STACK, there.stack())
                  .left("it goes last, when nothing else is left", cloud.region()));
        }
        return;
      }
      deleted.addAll(contents.empty(key -> !key.equals(names.lockKey())));
      deleted.addAll(contents.removeImages());
      held.ifPresent(Exclusion.Held::close);
      var removal =
          new StackRemoval(cloud.stacks(), pace, patience, onlooker, there.stack(), false);
      StackRemoval.Outcome outcome =
          removal.remove(
              () -> {
                refuseNewcomer(there);
                deleted.addAll(contents.empty(_ -> true));
                deleted.addAll(contents.removeImages());
              });
      deleted.addAll(outcome.deleted());
      outcome
          .left()
          .ifPresent(
              reason ->
                  left.add(Doomed.of(Sort.STACK, there.stack()).left(reason, cloud.region())));
      if (outcome.left().isEmpty()) {
        proveEmpty(contents);
      }
    }

    /** A deploy that began after this run let go of the lock keeps the store. */
    private void refuseNewcomer(Store there) {
      there
          .bucket()
          .ifPresent(
              name -> {
                try (Bucket bucket = cloud.bucket(name)) {
                  if (exclusion.held(bucket, names.lockKey())) {
                    throw new dev.slipway.failure.LockHeld(
                        "The store of \"" + names.deployment() + "\" was not removed",
                        "a deploy of it has begun meanwhile.",
                        "Destroy it again when that deploy is over.");
                  }
                }
              });
    }

    /** CloudFormation leaves what its template retains: that is looked for, too. */
    private void proveEmpty(Contents contents) {
      List<Doomed> there = new ArrayList<>(contents.list(_ -> true));
      there.addAll(contents.images());
      there.forEach(thing -> left.add(thing.left("its stack is gone and it is not", region())));
    }

    private String region() {
      return cloud.region();
    }

    boolean ofEnvironment(String key) {
      return prefixes().stream().anyMatch(key::startsWith);
    }

    private List<String> prefixes() {
      return List.of(
          names.revisionsPrefix(),
          names.asyncPrefix(),
          names.jobsPrefix(),
          names.capturePrefix(),
          names.indexPrefix(),
          names.templatesPrefix());
    }

    List<Removal.Kept> kept(List<Removal.Kept> own) {
      List<Removal.Kept> kept = new ArrayList<>(own);
      stack.ifPresent(there -> kept.addAll(Keepsakes.in(cloud.stacks().template(there.id()))));
      Optional<String> ours = store.flatMap(Store::bucket);
      Predicate<Removal.Kept> stored = thing -> ours.filter(thing.name()::equals).isPresent();
      return Keepsakes.distinct(kept.stream().filter(stored.negate()).toList());
    }

    private void step(String name) {
      onlooker.accept(new DeployEvent.Step(name));
    }

    private List<Removal.Deleted> order(List<Removal.Deleted> gone) {
      return gone.stream().distinct().toList();
    }
  }
}
