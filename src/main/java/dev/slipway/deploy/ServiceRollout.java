package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings the business layer on ECS to what is wanted: image, index, stack, one question. The caller
 * holds the environment's lock, and has verified the endpoint.
 */
final class ServiceRollout {
  /** ECS gives up on tasks that don't come up after three tries at least; CloudFormation waits. */
  private static final Duration PATIENCE = Duration.ofMinutes(60);

  private final Collaborators with;
  private final ResourceNames names;
  private final StackApply apply;
  private final Runnable alive;
  private final Runnable insist;

  /**
   * Prepares.
   *
   * @param alive is run at each look
   * @param insist fails once the lock is lost
   */
  ServiceRollout(Collaborators with, ResourceNames names, Runnable alive, Runnable insist) {
    this.with = with;
    this.names = names;
    this.alive = alive;
    this.insist = insist;
    this.apply =
        new StackApply(with.cloud().stacks(), with.pace(), with.onlooker(), with.intervention());
  }

  /** Returns whether the cloud may be working on what this asked for. */
  boolean working() {
    return apply.working();
  }

  /**
   * Brings it up.
   *
   * @param tags of the stack
   * @param record keeps what the stack gets, before it gets it
   */
  Deployment.Service run(
      Manifest manifest,
      ServiceGoal goal,
      Bucket bucket,
      Map<String, String> tags,
      Consumer<Map<String, String>> record) {
    String image = goal.image().orElseGet(() -> publish(manifest));
    goal.index().ifPresent(index -> store(index, bucket));
    Map<String, String> parameters = goal.parameters(bucket.name(), image);
    insist.run();
    record.accept(parameters);
    with.step("applying " + names.serviceStack());
    var watch = new ServiceWatch(with, names, alive);
    apply.apply(wanted(goal.template(), parameters, tags, bucket), watch);
    watch.listen();
    URI url = url();
    with.step("asking the service");
    String asked = ask(manifest, url);
    return new Deployment.Service(
        names.serviceStack(), url.toString(), image, goal.stored().orElse(null), asked);
  }

  private String publish(Manifest manifest) {
    with.step("publishing the service's image");
    String repository =
        new ServiceDesk(with, names)
            .repository(
                new Looking(with.pace()).at(() -> with.cloud().stacks().find(names.storeStack())));
    String address =
        with.cloud()
            .images()
            .address(repository)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "repository_missing",
                        "There is no image repository " + repository,
                        "somebody deleted it, though the stack "
                            + names.storeStack()
                            + " says that it is there.",
                        "Make it again in ECR under that name, then deploy again."));
    return address + "@" + with.service().image().push(manifest, address);
  }

  private void store(IndexSnapshot index, Bucket bucket) {
    with.step("storing the index");
    if (!index.store(bucket, names.indexPrefix())) {
      with.note("It is there already: nothing was copied.");
    }
  }

  private StackApply.Wanted wanted(
      String template, Map<String, String> parameters, Map<String, String> tags, Bucket bucket) {
    byte[] bytes = template.getBytes(StandardCharsets.UTF_8);
    Stacks.Template sent = new Stacks.Template.Body(template);
    if (bytes.length > Rollout.MOST_INLINE) {
      String key = names.templatesPrefix() + Fingerprint.of(template) + ".json";
      bucket.put(key, bytes, "application/json");
      sent = new Stacks.Template.InBucket(bucket.name(), key);
    }
    return new StackApply.Wanted(
        names.serviceStack(),
        "service",
        template,
        sent,
        parameters,
        tags,
        Set.of(ResourceNames.DEPLOYMENT_TAG, ResourceNames.ENVIRONMENT_TAG),
        with.pace().now().plus(PATIENCE));
  }

  /** Takes the stack away, where the service runs elsewhere now. */
  void remove(Map<String, String> tags) {
    if (with.cloud().stacks().find(names.serviceStack()).isEmpty()) {
      return;
    }
    with.step("removing " + names.serviceStack());
    insist.run();
    apply.takeAway(
        new StackApply.Wanted(
            names.serviceStack(),
            "remove",
            "{}",
            new Stacks.Template.Body("{}"),
            Map.of(),
            tags,
            Set.of(ResourceNames.DEPLOYMENT_TAG, ResourceNames.ENVIRONMENT_TAG),
            with.pace().now().plus(PATIENCE)),
        StackWatch.of(names.serviceStack()));
  }

  private URI url() {
    return new Looking(with.pace())
        .at(() -> with.cloud().stacks().find(names.serviceStack()))
        .map(StackOutputs::new)
        .flatMap(StackOutputs::url)
        .orElseThrow(
            () ->
                new OperationFailed(
                    "service_incomplete",
                    "The stack " + names.serviceStack() + " names no address",
                    "its output " + Templates.URL_OUTPUT + " is missing.",
                    "Look at the stack in the CloudFormation console."));
  }

  private String ask(Manifest manifest, URI url) {
    ServiceProbe.Answer answer = with.service().probe().ask(manifest, url);
    switch (answer.reach()) {
      case ANSWERED -> with.note("It answered a question at " + url + ".");
      case LIVE, UNREACHABLE, OTHER_NAME ->
          with.note("It was not asked a question: " + answer.detail());
      case FAILED ->
          throw new GateFailed(
              "service_gate_failed",
              "The service at " + url + " does not answer",
              answer.detail(),
              "Its log group is " + names.serviceLogGroup() + "; correct it, deploy again.",
              null);
    }
    return answer.reach().name().toLowerCase(java.util.Locale.ROOT);
  }
}
