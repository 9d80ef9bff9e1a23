package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.failure.Failure;
import dev.slipway.manifest.Expiry;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers revisions and records how they end. A run that died is gone on with under its number. The
 * caller holds the environment's lock.
 */
final class RevisionBook {
  private static final String APPLYING = "applying";

  private final Revisions revisions;
  private final Bucket bucket;
  private final ResourceNames names;
  private final Collaborators with;
  private final String owner;

  RevisionBook(Bucket bucket, ResourceNames names, Collaborators with, String owner) {
    this.revisions = new Revisions(bucket, names.revisionsPrefix());
    this.bucket = bucket;
    this.names = names;
    this.with = with;
    this.owner = owner;
  }

  List<Revision> history() {
    return revisions.history();
  }

  /** Records that a revision is being applied; the newest one's if that is the same, unfinished. */
  Revision begin(Rollout.Goal goal) {
    List<Revision> history = history();
    Optional<Revision> newest = Revisions.newest(history);
    if (newest.filter(revision -> unfinished(revision, goal)).isPresent()) {
      Revision again = ending(newest.get(), APPLYING, newest.get().config(), null);
      revisions.record(again);
      return again;
    }
    newest.filter(revision -> revision.state().equals(APPLYING)).ifPresent(this::abandon);
    int number = newest.map(Revision::number).orElse(0) + 1;
    // The template first: a record without one could not be put back.
    goal.endpoint()
        .ifPresent(endpoint -> revisions.keep(revisions.templateKey(number), endpoint.template()));
    goal.service()
        .ifPresent(service -> revisions.keep(revisions.serviceKey(number), service.template()));
    Revision revision =
        new Revision(
            number,
            with.pace().now().truncatedTo(ChronoUnit.SECONDS).toString(),
            owner,
            with.presence().here().host(),
            APPLYING,
            goal.source(),
            goal.commit(),
            goal.endpoint().map(Rollout.Hosted::instance).orElse(null),
            null,
            goal.endpoint().map(_ -> revisions.templateKey(number)).orElse(null),
            goal.endpoint().isPresent()
                ? Map.of(dev.slipway.plan.Templates.BUCKET_PARAMETER, bucket.name())
                : Map.of(),
            null,
            null,
            goal.rollbackOf().orElse(null));
    revisions.record(revision);
    return revision;
  }

  /** A revision that failed after its stack was complete is gone on with, too. */
  private boolean unfinished(Revision newest, Rollout.Goal goal) {
    boolean open =
        newest.state().equals(APPLYING)
            || (newest.state().equals("failed") && applied(newest).isPresent());
    return open
        && newest.commit().equals(goal.commit())
        && Optional.ofNullable(newest.rollbackOf()).equals(goal.rollbackOf())
        && same(revisions.template(newest), goal.endpoint().map(Rollout.Hosted::template))
        && (goal.service().isEmpty()
            || revisions
                .serviceTemplate(newest.number())
                .filter(kept -> Fingerprint.same(kept, goal.service().get().template()))
                .isPresent());
  }

  private static boolean same(Optional<String> kept, Optional<String> wanted) {
    return kept.isPresent() == wanted.isPresent()
        && (kept.isEmpty() || Fingerprint.same(kept.get(), wanted.orElseThrow()));
  }

  /** Returns the stack that answers for a revision, once that has brought it to its end. */
  private Optional<Stack> applied(Revision revision) {
    return with.cloud()
        .stacks()
        .find(revision.templateKey() == null ? names.serviceStack() : names.endpointStack())
        .filter(stack -> NextStep.good(stack.status()))
        .filter(
            stack ->
                Integer.toString(revision.number())
                    .equals(stack.tags().get(ResourceNames.REVISION_TAG)));
  }

  /** Keeps what a run that died has left, so that its configuration is found later. */
  private void abandon(Revision revision) {
    revisions.record(
        ending(
            revision,
            "failed",
            applied(revision)
                .map(StackOutputs::new)
                .flatMap(StackOutputs::config)
                .orElse(revision.config()),
            "its run ended before it was done"));
  }

  /**
   * Records that a revision is deployed.
   *
   * @param config of its endpoint; absent where it has none
   */
  Revision deployed(Revision revision, Optional<String> config) {
    Revision done = ending(revision, "deployed", config.orElse(null), null);
    revisions.record(done);
    return done;
  }

  void failed(Revision revision, String state, Failure why) {
    revisions.record(
        ending(
            revision,
            state,
            applied(revision)
                .map(StackOutputs::new)
                .flatMap(StackOutputs::config)
                .orElse(revision.config()),
            why.getMessage()));
  }

  private static Revision ending(
      Revision revision, String state, @Nullable String config, @Nullable String reason) {
    return new Revision(
        revision.number(),
        revision.at(),
        revision.by(),
        revision.from(),
        state,
        revision.source(),
        revision.commit(),
        revision.instance(),
        config,
        revision.templateKey(),
        revision.parameters(),
        reason,
        revision.service(),
        revision.rollbackOf());
  }

  /** Records what a revision's business layer is made of. */
  Revision serving(Revision revision, Map<String, String> parameters) {
    Revision with =
        new Revision(
            revision.number(),
            revision.at(),
            revision.by(),
            revision.from(),
            revision.state(),
            revision.source(),
            revision.commit(),
            revision.instance(),
            revision.config(),
            revision.templateKey(),
            revision.parameters(),
            revision.reason(),
            new Revision.Service(revisions.serviceKey(revision.number()), parameters),
            revision.rollbackOf());
    revisions.record(with);
    return with;
  }

  /** Returns the tags of the stacks at a revision. */
  Map<String, String> tags(Manifest manifest, Revision revision) {
    var tags = new TreeMap<String, String>();
    tags.put(ResourceNames.DEPLOYMENT_TAG, names.deployment());
    tags.put(ResourceNames.ENVIRONMENT_TAG, names.environment());
    tags.put(ResourceNames.REVISION_TAG, Integer.toString(revision.number()));
    tags.put(ResourceNames.OWNER_TAG, revision.by());
    manifest
        .expires()
        .map(expiry -> moment(expiry, Instant.parse(revision.at())))
        .ifPresent(moment -> tags.put(ResourceNames.EXPIRY_TAG, moment.toString()));
    return tags;
  }

  private static Instant moment(Expiry expiry, Instant deployed) {
    return switch (expiry) {
      case Expiry.After after -> deployed.plus(after.duration());
      case Expiry.At at -> at.instant();
    };
  }
}
