package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.manifest.Expiry;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.Map;
import java.util.Optional;

/**
 * What is deployed at a moment.
 *
 * @param storeTemplate absent where the store has none
 * @param endpointTemplate absent where the endpoint has none
 * @param endpoint the live one, absent if there is none
 * @param newest the newest revision
 */
record Seen(
    Optional<Stack> store,
    Optional<String> storeTemplate,
    Optional<Stack> endpointStack,
    Optional<String> endpointTemplate,
    Optional<Hosting.Endpoint> endpoint,
    Optional<Revision> newest) {

  /** Looks; changes nothing. */
  static Seen look(Collaborators with, ResourceNames names) {
    Optional<Stack> store = with.cloud().stacks().find(names.storeStack());
    Optional<Stack> stack = with.cloud().stacks().find(names.endpointStack());
    return new Seen(
        store,
        store.flatMap(found -> template(with, found)),
        stack,
        stack.flatMap(found -> template(with, found)),
        stack.flatMap(
            found -> with.cloud().hosting().endpoint(new StackOutputs(found).endpoint(names))),
        store
            .map(StackOutputs::new)
            .flatMap(StackOutputs::bucket)
            .flatMap(bucket -> newest(with, names, bucket)));
  }

  private static Optional<String> template(Collaborators with, Stack stack) {
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

  /** Returns what the store's stack has, and what it should have. */
  Planner.Move storeMove(ResourceNames names, Templates wanted) {
    return new Planner.Move(
        storeTemplate.map(template -> new Planner.Deployed(template, Map.of())),
        new Planner.Wanted(names.storeStack(), wanted.store(), Map.of()));
  }

  /** Returns what the endpoint's stack has, and what it should have. */
  Planner.Move endpointMove(ResourceNames names, Templates wanted) {
    Map<String, String> parameters =
        Map.of(Templates.BUCKET_PARAMETER, bucket().orElse("the store's bucket"));
    return new Planner.Move(
        endpointTemplate.map(
            template ->
                new Planner.Deployed(
                    template, endpointStack.map(Stack::parameters).orElse(Map.of()))),
        new Planner.Wanted(names.endpointStack(), wanted.endpoint(), parameters));
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

  /** Returns whether everything is as asked, applied, verified and recorded. */
  boolean isAsWanted(Templates wanted, Manifest manifest) {
    return good(store, storeTemplate, wanted.store())
        && good(endpointStack, endpointTemplate, wanted.endpoint())
        && endpointStack.filter(this::takesTheStore).isPresent()
        && endpointStack.filter(stack -> expiryHolds(stack, manifest)).isPresent()
        && endpoint.filter(this::isLive).isPresent()
        && newest.filter(revision -> revision.state().equals("deployed")).isPresent();
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
