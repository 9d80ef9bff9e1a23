package dev.slipway.aws;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.CloudFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.Change;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStackEventsResponse;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.ResourceChangeDetail;
import software.amazon.awssdk.services.cloudformation.model.ResourceTargetDefinition;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.cloudformation.model.TemplateStage;

/** CloudFormation's stacks and change sets. */
final class AwsStacks implements Stacks {
  private static final String IAM_TYPES = "\"AWS::IAM::";

  private final Lazy<CloudFormationClient> client;
  private final CloudFailures failures;
  private final String bucketSuffix;

  /**
   * Reaches the stacks of one region.
   *
   * @param region where the buckets of templates lie, too
   */
  AwsStacks(Lazy<CloudFormationClient> client, CloudFailures failures, String region) {
    this.client = client;
    this.failures = failures;
    this.bucketSuffix =
        ".s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
  }

  @Override
  public Optional<Stack> find(String name) {
    return failures
        .find(
            ask("read", "DescribeStacks", name),
            () -> client.get().describeStacks(request -> request.stackName(name)).stacks())
        .flatMap(found -> found.stream().findFirst())
        .map(AwsStacks::stack)
        .filter(stack -> stack.status() != StackStatus.DELETE_COMPLETE || name.equals(stack.id()))
        .map(stack -> DerivedOutputs.in(stack, this));
  }

  @Override
  public List<Stack> tagged(Map<String, String> tags) {
    return failures.call(
        new Ask("Cannot list the stacks", "cloudformation:DescribeStacks", "all stacks"),
        () ->
            client.get().describeStacksPaginator().stacks().stream()
                .map(AwsStacks::stack)
                .filter(stack -> stack.status() != StackStatus.DELETE_COMPLETE)
                .filter(stack -> stack.tags().entrySet().containsAll(tags.entrySet()))
                .toList());
  }

  @Override
  public String template(String stack) {
    return failures.call(
        ask("read the template of", "GetTemplate", stack),
        () ->
            client
                .get()
                .getTemplate(
                    request -> request.stackName(stack).templateStage(TemplateStage.ORIGINAL))
                .templateBody());
  }

  @Override
  public void propose(Proposal proposal) {
    CreateChangeSetRequest.Builder request =
        CreateChangeSetRequest.builder()
            .stackName(proposal.stack())
            .changeSetName(proposal.changeSet())
            // A try whose answer was lost is the same request to CloudFormation.
            .clientToken(proposal.changeSet())
            .changeSetType(proposal.create() ? ChangeSetType.CREATE : ChangeSetType.UPDATE)
            .description(proposal.description())
            .parameters(
                proposal.parameters().entrySet().stream()
                    .map(
                        each ->
                            Parameter.builder()
                                .parameterKey(each.getKey())
                                .parameterValue(each.getValue())
                                .build())
                    .toList())
            .tags(
                proposal.tags().entrySet().stream()
                    .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
                    .toList());
    switch (proposal.template()) {
      case Template.Body body -> {
        request.templateBody(body.json());
        if (body.json().contains(IAM_TYPES)) {
          request.capabilities(Capability.CAPABILITY_IAM);
        }
      }
      case Template.InBucket place ->
          request
              .templateURL("https://" + place.bucket() + bucketSuffix + "/" + place.key())
              .capabilities(Capability.CAPABILITY_IAM);
    }
    failures.call(
        ask("propose a change of", "CreateChangeSet", proposal.stack()),
        () -> client.get().createChangeSet(request.build()));
  }

  @Override
  public Optional<ChangeSet> changeSet(String stack, String name) {
    return failures.find(
        ask("read change set \"" + name + "\" of", "DescribeChangeSet", stack),
        () -> {
          List<Change> changes = new ArrayList<>();
          String token = null;
          DescribeChangeSetResponse page;
          do {
            String next = token;
            page =
                client
                    .get()
                    .describeChangeSet(
                        request -> request.stackName(stack).changeSetName(name).nextToken(next));
            changes.addAll(page.changes());
            token = page.nextToken();
          } while (token != null);
          return new ChangeSet(
              name,
              text(page.statusAsString()),
              text(page.executionStatusAsString()),
              present(page.statusReason()),
              changes.stream()
                  .filter(change -> change.resourceChange() != null)
                  .map(change -> change(change.resourceChange()))
                  .toList());
        });
  }

  @Override
  public void drop(String stack, String changeSet) {
    var unused =
        failures.find(
            ask("drop change set \"" + changeSet + "\" of", "DeleteChangeSet", stack),
            () ->
                client
                    .get()
                    .deleteChangeSet(request -> request.stackName(stack).changeSetName(changeSet)));
  }

  @Override
  public void execute(String stack, String changeSet, String token) {
    failures.call(
        ask("apply change set \"" + changeSet + "\" to", "ExecuteChangeSet", stack),
        () ->
            client
                .get()
                .executeChangeSet(
                    request ->
                        request
                            .stackName(stack)
                            .changeSetName(changeSet)
                            .clientRequestToken(token)));
  }

  @Override
  public List<Event> events(String stack, Optional<String> after) {
    return failures.call(
        ask("read the events of", "DescribeStackEvents", stack),
        () -> {
          List<Event> newestFirst = new ArrayList<>();
          for (DescribeStackEventsResponse page :
              client.get().describeStackEventsPaginator(request -> request.stackName(stack))) {
            for (StackEvent event : page.stackEvents()) {
              if (after.isPresent() && after.get().equals(event.eventId())) {
                return newestFirst.reversed();
              }
              newestFirst.add(event(event));
            }
          }
          return newestFirst.reversed();
        });
  }

  @Override
  public List<Resource> resources(String stack) {
    return failures.call(
        ask("list the resources of", "ListStackResources", stack),
        () ->
            client
                .get()
                .listStackResourcesPaginator(request -> request.stackName(stack))
                .stackResourceSummaries()
                .stream()
                .map(AwsStacks::resource)
                .toList());
  }

  @Override
  public void cancelUpdate(String stack, String token) {
    failures.call(
        ask("cancel the update of", "CancelUpdateStack", stack),
        () ->
            client
                .get()
                .cancelUpdateStack(request -> request.stackName(stack).clientRequestToken(token)));
  }

  @Override
  public void continueRollback(String stack, Set<String> skip, String token) {
    failures.call(
        ask("continue the rollback of", "ContinueUpdateRollback", stack),
        () ->
            client
                .get()
                .continueUpdateRollback(
                    request ->
                        request
                            .stackName(stack)
                            .resourcesToSkip(absentIfEmpty(skip))
                            .clientRequestToken(token)));
  }

  @Override
  public void delete(String stack, Set<String> retain, String token) {
    var unused =
        failures.find(
            ask("delete", "DeleteStack", stack),
            () ->
                client
                    .get()
                    .deleteStack(
                        request ->
                            request
                                .stackName(stack)
                                .retainResources(absentIfEmpty(retain))
                                .clientRequestToken(token)));
  }

  private static Ask ask(String verb, String action, String stack) {
    return new Ask(
        "Cannot " + verb + " stack \"" + stack + "\"",
        "cloudformation:" + action,
        "stack \"" + stack + "\"");
  }

  private static Stack stack(software.amazon.awssdk.services.cloudformation.model.Stack stack) {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (Output output : stack.outputs()) {
      outputs.put(output.outputKey(), text(output.outputValue()));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Parameter parameter : stack.parameters()) {
      parameters.put(parameter.parameterKey(), text(parameter.parameterValue()));
    }
    Map<String, String> tags = new LinkedHashMap<>();
    for (Tag tag : stack.tags()) {
      tags.put(tag.key(), text(tag.value()));
    }
    return new Stack(
        stack.stackId(),
        stack.stackName(),
        status(stack.stackName(), text(stack.stackStatusAsString())),
        present(stack.stackStatusReason()),
        outputs,
        parameters,
        tags,
        stack.creationTime(),
        Optional.ofNullable(stack.lastUpdatedTime()));
  }

  private static StackStatus status(String stack, String status) {
    try {
      return StackStatus.valueOf(status);
    } catch (IllegalArgumentException e) {
      throw new CloudFailure(
          CloudFailure.Kind.INTERNAL,
          "Cannot read stack \"" + stack + "\"",
          "CloudFormation says the status \"" + status + "\", which this version doesn't know",
          "Look at the stack in the AWS console; update Slipway.",
          e);
    }
  }

  private static ResourceChange change(
      software.amazon.awssdk.services.cloudformation.model.ResourceChange change) {
    return new ResourceChange(
        text(change.actionAsString()),
        text(change.logicalResourceId()),
        present(change.physicalResourceId()),
        text(change.resourceType()),
        present(change.replacementAsString()),
        change.details().stream()
            .map(ResourceChangeDetail::target)
            .flatMap(target -> cause(target).stream())
            .distinct()
            .toList());
  }

  private static Optional<String> cause(@Nullable ResourceTargetDefinition target) {
    return target == null
        ? Optional.empty()
        : present(target.name()).or(() -> present(target.attributeAsString()));
  }

  private static Event event(StackEvent event) {
    return new Event(
        event.eventId(),
        event.timestamp(),
        text(event.logicalResourceId()),
        text(event.resourceType()),
        text(event.resourceStatusAsString()),
        present(event.physicalResourceId()),
        present(event.resourceStatusReason()));
  }

  private static Resource resource(StackResourceSummary resource) {
    return new Resource(
        text(resource.logicalResourceId()),
        text(resource.resourceType()),
        text(resource.resourceStatusAsString()),
        present(resource.physicalResourceId()),
        present(resource.resourceStatusReason()));
  }

  /** An empty list in a request is one that CloudFormation refuses in most states. */
  private static @Nullable Collection<String> absentIfEmpty(Set<String> names) {
    return names.isEmpty() ? null : names;
  }

  private static Optional<String> present(@Nullable String text) {
    return Optional.ofNullable(text).filter(each -> !each.isEmpty());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
