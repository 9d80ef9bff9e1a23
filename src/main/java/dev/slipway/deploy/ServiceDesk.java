package dev.slipway.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Change;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out which business layer is wanted, from what this machine and the store have. */
final class ServiceDesk {
  private static final JsonMapper JSON = new JsonMapper();

  private final Collaborators with;
  private final ResourceNames names;

  ServiceDesk(Collaborators with, ResourceNames names) {
    this.with = with;
    this.names = names;
  }

  /** Returns what is wanted; absent where the manifest runs the service elsewhere. */
  Optional<ServiceGoal> goal(Manifest manifest, Templates templates, Seen seen) {
    return templates
        .service()
        .map(
            template -> {
              Optional<String> image = image(manifest, seen);
              return takesIndex(template)
                  ? indexed(manifest, template, image, seen)
                  : new ServiceGoal(template, image, Optional.empty(), Optional.empty());
            });
  }

  private Optional<String> image(Manifest manifest, Seen seen) {
    String repository = repository(seen.store());
    return with.cloud()
        .images()
        .digest(repository, with.service().image().tag(manifest))
        .flatMap(
            digest ->
                with.cloud().images().address(repository).map(address -> address + "@" + digest));
  }

  /** Returns the name of the store's image repository. */
  String repository(Optional<Stack> store) {
    return store
        .map(StackOutputs::new)
        .flatMap(StackOutputs::repository)
        .orElseGet(names::repository);
  }

  /** A machine without an index, such as a pipeline's, leaves the one that is deployed. */
  private ServiceGoal indexed(
      Manifest manifest, String template, Optional<String> image, Seen seen) {
    IndexSnapshot here = IndexSnapshot.of(with.service().index().apply(manifest));
    Optional<String> deployed =
        seen.serviceStack()
            .map(Stack::parameters)
            .flatMap(values -> Optional.ofNullable(values.get(Templates.INDEX_PARAMETER)));
    if (here.isEmpty() && deployed.isPresent()) {
      with.note("This machine has no index of the deployment: the one that is deployed stays.");
      return new ServiceGoal(template, image, Optional.empty(), deployed);
    }
    return new ServiceGoal(
        template, image, Optional.of(here), Optional.of(here.key(names.indexPrefix())));
  }

  private static boolean takesIndex(String template) {
    try {
      return JSON.readTree(template).path("Parameters").has(Templates.INDEX_PARAMETER);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a template is always JSON", e);
    }
  }

  /** Returns the stack as it is and as it should be; absent where there is none, and shall be. */
  Optional<Planner.Move> move(Optional<ServiceGoal> goal, Seen seen) {
    Optional<Planner.Deployed> now =
        seen.serviceTemplate()
            .map(
                template ->
                    new Planner.Deployed(
                        template, seen.serviceStack().map(Stack::parameters).orElse(Map.of())));
    if (goal.isEmpty() && now.isEmpty()) {
      return Optional.empty();
    }
    Planner.Wanted wanted =
        goal.map(
                it ->
                    new Planner.Wanted(
                        names.serviceStack(),
                        it.template(),
                        it.parameters(
                            seen.bucket().orElse("the store's bucket"),
                            it.image().orElse("the image of this version"))))
            .orElseGet(() -> Planner.Wanted.nothing(names.serviceStack()));
    return Optional.of(new Planner.Move(now, wanted));
  }

  /**
   * Returns what CloudFormation can be asked about; absent where there is no stack yet, or shall be
   * none. An image that is yet to be made stands there by a digest that none has.
   */
  Optional<Planner.Move> preview(Optional<ServiceGoal> goal, Seen seen) {
    Optional<String> deployed =
        seen.serviceStack()
            .map(Stack::parameters)
            .flatMap(values -> Optional.ofNullable(values.get(Templates.IMAGE_PARAMETER)));
    if (goal.isEmpty() || deployed.isEmpty() || seen.bucket().isEmpty()) {
      return Optional.empty();
    }
    String image =
        goal.get()
            .image()
            .orElseGet(() -> deployed.get().replaceFirst("@.*", "@sha256:" + "0".repeat(64)));
    return move(goal, seen)
        .map(
            move ->
                new Planner.Move(
                    move.deployed(),
                    new Planner.Wanted(
                        names.serviceStack(),
                        goal.get().template(),
                        goal.get().parameters(seen.bucket().get(), image))));
  }

  /** Returns the changes that making the image and storing the index are. */
  List<Change> objects(Manifest manifest, Optional<ServiceGoal> goal, Seen seen) {
    List<Change> changes = new ArrayList<>();
    goal.filter(it -> it.image().isEmpty())
        .ifPresent(
            _ ->
                changes.add(
                    new Change(
                        Change.Action.CREATE,
                        Planner.IMAGE,
                        "ServiceImage",
                        repository(seen.store()) + ":" + with.service().image().tag(manifest),
                        "the image of this version is put into the store's repository")));
    goal.flatMap(ServiceGoal::index)
        .filter(index -> !stored(index, seen))
        .ifPresent(
            index ->
                changes.add(
                    new Change(
                        Change.Action.CREATE,
                        Planner.OBJECTS,
                        "IndexSnapshot",
                        index.key(names.indexPrefix()),
                        index.isEmpty()
                            ? "the service gets an index without passages: none is on this machine"
                            : "the index of this machine is stored")));
    return changes;
  }

  private boolean stored(IndexSnapshot index, Seen seen) {
    return seen.bucket()
        .filter(
            name -> {
              try (Bucket bucket = with.cloud().bucket(name)) {
                return bucket.head(index.key(names.indexPrefix())).isPresent();
              }
            })
        .isPresent();
  }

  /** What a revision had must still be there, or its tasks would fail to start. */
  void insistOnParts(Bucket bucket, int revision, ServiceGoal goal) {
    goal.stored()
        .filter(key -> bucket.head(key).isEmpty())
        .ifPresent(key -> gone(revision, "index_gone", "its index " + key));
    goal.image()
        .map(image -> image.substring(image.indexOf('@') + 1))
        .filter(digest -> !with.cloud().images().digests(names.repository()).contains(digest))
        .ifPresent(digest -> gone(revision, "image_gone", "the service's image " + digest));
  }

  private static void gone(int revision, String code, String what) {
    throw new OperationFailed(
        code,
        "Cannot put back revision " + revision,
        what + " is no longer in the store.",
        "Deploy the manifest as it was then; that makes it again.");
  }
}
