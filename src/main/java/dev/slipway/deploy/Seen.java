package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.manifest.Expiry;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is deployed at a moment.
 *
 * @param storeTemplate absent where the store has none
 * @param endpointTemplate absent where the endpoint has none
 * @param serviceTemplate absent where the business layer has none on ECS
 * @param endpoint the live one, absent if there is none
 * @param newest the newest revision
 */
record Seen(
    Optional<Stack> store,
    Optional<String> storeTemplate,
    Optional<Stack> endpointStack,
    Optional<String> endpointTemplate,
    Optional<Stack> serviceStack,
    Optional<String> serviceTemplate,
    Optional<Hosting.Endpoint> endpoint,
    Optional<Revision> newest) {

  /** Looks; changes nothing. */
  static Seen look(Collaborators with, ResourceNames names) {
    Optional<Stack> store = with.cloud().stacks().find(names.storeStack());
    Optional<Stack> stack = with.cloud().stacks().find(names.endpointStack());
    Optional<Stack> service = with.cloud().stacks().find(names.serviceStack());
    return new Seen(
        store,
        store.flatMap(found -> template(with, found)),
        stack,
        stack.flatMap(found -> template(with, found)),
        service,
        service.flatMap(found -> template(with, found)),
        stack.flatMap(
            found -> with.cloud().hosting().endpoint(new StackOutputs(found).endpoint(names))),
        store
            .map(StackOutputs::new)
            .flatMap(StackOutputs::bucket)
            .flatMap(bucket -> newest(with, names, bucket)));
  }

  /** Returns the template of a stack; absent where it holds none that could be changed. */
  static Optional<String> template(Collaborators with, Stack stack) {
    return switch (NextStep.of(stack.status())) {
      case UPDATE, WAIT, CONTINUE_ROLLBACK ->
          Optional.of(with.cloud().stacks().template(stack.name()));
      case CREATE, DELETE, REFUSE -> Optional.empty();
    };
  }

  private static Optional<Revision> newest(Collaborators with, ResourceNames names, String bucket) {
    try (Bucket opened = with.cloud().bucket(bucket)) {
      return Revisions.newest(new Revisions(opened, names.revisionsPrefix()).history());
    }
  }

  Optional<String> bucket() {
    return store.map(StackOutputs::new).flatMap(StackOutputs::bucket);
  }

  /** Returns what stands where this deployment's resources should, and is somebody else's. */
  List<Finding> strangers(ResourceNames names, Optional<Hosting.Endpoint> named) {
    Map<String, String> tags =
        Map.of(
            ResourceNames.DEPLOYMENT_TAG,
            names.deployment(),
            ResourceNames.ENVIRONMENT_TAG,
            names.environment());
    List<Finding> findings = new ArrayList<>();
    store
        .filter(stack -> !StackApply.isOurs(stack, tags, Set.of(ResourceNames.DEPLOYMENT_TAG)))
        .ifPresent(stack -> findings.add(stranger(stack, tags)));
    endpointStack
        .filter(stack -> !StackApply.isOurs(stack, tags, tags.keySet()))
        .ifPresent(stack -> findings.add(stranger(stack, tags)));
    serviceStack
        .filter(stack -> !StackApply.isOurs(stack, tags, tags.keySet()))
        .ifPresent(stack -> findings.add(stranger(stack, tags)));
    named
        .filter(live -> endpointStack.isEmpty() && !live.status().equals("Deleting"))
        .ifPresent(
            live ->
                findings.add(
                    new Finding(
                        "endpoint_taken",
                        Finding.Severity.REFUSE,
                        "There is an endpoint " + live.name() + " already",
                        "no stack of this deployment has made it",
                        "Choose another name in the manifest. If it was left behind, `slipway"
                            + " destroy` removes it.")));
    return findings;
  }

  private static Finding stranger(Stack stack, Map<String, String> tags) {
    String whose = stack.tags().getOrDefault(ResourceNames.DEPLOYMENT_TAG, "");
    String environment = stack.tags().getOrDefault(ResourceNames.ENVIRONMENT_TAG, "default");
    return new Finding(
        "stack_not_ours",
        Finding.Severity.REFUSE,
        "The stack " + stack.name() + " belongs to something else",
        whose.isEmpty()
            ? "it has not the tags of this deployment: " + String.join(", ", sorted(tags))
            : "its tags say that it is \"" + whose + "\" in the environment " + environment,
        "Choose another name in the manifest, or remove that stack.");
  }

  private static Set<String> sorted(Map<String, String> tags) {
    return new TreeSet<>(tags.keySet());
  }

  /** Returns what the store's stack has, and what it should have. */
  Planner.Move storeMove(ResourceNames names, Templates wanted) {
    return new Planner.Move(
        storeTemplate.map(template -> new Planner.Deployed(template, Map.of())),
        new Planner.Wanted(names.storeStack(), wanted.store(), Map.of()));
  }

  /** Returns what the endpoint's stack has, and what it should have; absent if it should not be. */
  Optional<Planner.Move> endpointMove(ResourceNames names, Optional<String> wanted) {
    Map<String, String> parameters =
        Map.of(Templates.BUCKET_PARAMETER, bucket().orElse("the store's bucket"));
    return wanted.map(
        template ->
            new Planner.Move(
                deployedEndpoint(),
                new Planner.Wanted(names.endpointStack(), template, parameters)));
  }

  /** Returns the removal of an endpoint that is not wanted; absent if there is none to remove. */
  Optional<Planner.Move> endpointRemoval(ResourceNames names, Optional<String> wanted) {
    return deployedEndpoint()
        .filter(_ -> wanted.isEmpty())
        .map(
            deployed ->
                new Planner.Move(
                    Optional.of(deployed), Planner.Wanted.nothing(names.endpointStack())));
  }

  private Optional<Planner.Deployed> deployedEndpoint() {
    return endpointTemplate.map(
        template ->
            new Planner.Deployed(template, endpointStack.map(Stack::parameters).orElse(Map.of())));
  }

  /** Returns what a plan made now is made against. */
  Rollout.Basis basis() {
    boolean settled =
        endpointStack
            .map(stack -> NextStep.of(stack.status()) == NextStep.UPDATE)
            // Only a change set, or nothing: nobody works on it.
            .orElse(true);
    return new Rollout.Basis(settled, endpointTemplate);
  }

  /**
   * Returns the number of the revision that runs: the newer one of those that the stacks are tagged
   * with, since a stack that doesn't change keeps its tag.
   */
  OptionalInt revision() {
    return StackOutputs.revision(
        Stream.concat(endpointStack.stream(), serviceStack.stream()).toList());
  }

  /** Returns whether everything is as asked, applied, verified and recorded. */
  boolean isAsWanted(Templates wanted, Manifest manifest, Optional<ServiceGoal> service) {
    return serviceIsAsWanted(service)
        && good(store, storeTemplate, wanted.store())
        && endpointStack.filter(found -> !NextStep.good(found.status())).isEmpty()
        && serves(wanted.endpoint(), manifest)
        && newest.filter(revision -> revision.state().equals("deployed")).isPresent();
  }

  /**
   * Returns whether what answers is there, by whichever revision: the endpoint as this template
   * says, or without one the service alone.
   */
  boolean serves(Optional<String> template, Manifest manifest) {
    return template
        .map(wanted -> hosts(wanted, manifest))
        .orElseGet(
            () ->
                endpointStack.isEmpty()
                    && serviceStack.filter(stack -> expiryHolds(stack, manifest)).isPresent());
  }

  private boolean hosts(String template, Manifest manifest) {
    return endpointTemplate.filter(found -> Fingerprint.same(found, template)).isPresent()
        && endpointStack.filter(Seen::atRest).isPresent()
        && endpointStack.filter(this::takesTheStore).isPresent()
        && endpointStack.filter(stack -> expiryHolds(stack, manifest)).isPresent()
        && endpoint.filter(this::isLive).isPresent();
  }

  /** A stack that took a change back is as its template says, too: as the one of before. */
  private static boolean atRest(Stack stack) {
    return NextStep.good(stack.status()) || stack.status() == StackStatus.UPDATE_ROLLBACK_COMPLETE;
  }

  /** One whose image is yet to be made can't be there. */
  boolean serviceIsAsWanted(Optional<ServiceGoal> service) {
    if (service.isEmpty()) {
      return serviceStack.isEmpty();
    }
    ServiceGoal goal = service.get();
    return good(serviceStack, serviceTemplate, goal.template())
        && goal.image().isPresent()
        && bucket()
            .filter(
                bucket ->
                    serviceStack
                        .orElseThrow()
                        .parameters()
                        .entrySet()
                        .containsAll(goal.parameters(bucket, goal.image().get()).entrySet()))
            .isPresent();
  }

  /** Returns the business layer as it runs, where nothing of it changes. */
  Optional<Deployment.Service> service(Optional<ServiceGoal> goal) {
    return goal.flatMap(
        wanted ->
            serviceStack.map(
                stack ->
                    new Deployment.Service(
                        stack.name(),
                        new StackOutputs(stack).url().map(URI::toString).orElse(""),
                        wanted.image().orElse(""),
                        wanted.stored().orElse(null),
                        "skipped")));
  }

  private static boolean good(Optional<Stack> stack, Optional<String> template, String wanted) {
    return stack.filter(found -> NextStep.good(found.status())).isPresent()
        && template.filter(found -> Fingerprint.same(found, wanted)).isPresent();
  }

  private boolean takesTheStore(Stack stack) {
    return bucket().equals(Optional.ofNullable(stack.parameters().get(Templates.BUCKET_PARAMETER)));
  }

  private boolean isLive(Hosting.Endpoint live) {
    return live.status().equals("InService")
        && endpointStack
            .map(StackOutputs::new)
            .flatMap(StackOutputs::config)
            .filter(config -> !config.equals(live.config()))
            .isEmpty();
  }

  /** An expiry that counts from the deploy holds as long as nothing else changes. */
  private static boolean expiryHolds(Stack stack, Manifest manifest) {
    Optional<String> tag = Optional.ofNullable(stack.tags().get(ResourceNames.EXPIRY_TAG));
    return manifest
        .expires()
        .map(
            expiry ->
                switch (expiry) {
                  case Expiry.After _ -> tag.isPresent();
                  case Expiry.At at -> tag.equals(Optional.of(at.instant().toString()));
                })
        .orElse(tag.isEmpty());
  }
}
