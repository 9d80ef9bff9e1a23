package dev.slipway.standin.wire;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.stacks.SimulatedStacks;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** CloudFormation by the Query protocol. */
final class CloudFormationWire {
  private final CloudSimulation simulation;

  CloudFormationWire(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  /** Writes an action's result; returns whether it is one of CloudFormation's. */
  boolean answer(WireRequest request, Xml xml) {
    SimulatedStacks stacks = simulation.stacks();
    String stack = request.text("StackName");
    String token = request.find("ClientRequestToken").orElseGet(() -> UUID.randomUUID().toString());
    switch (request.action()) {
      case "CreateChangeSet" -> propose(request, xml);
      case "DescribeChangeSet" -> describeChangeSet(stack(request), changeSet(request), xml);
      case "DeleteChangeSet" -> stacks.drop(stack(request), changeSet(request));
      case "ExecuteChangeSet" -> stacks.execute(stack(request), changeSet(request), token);
      case "DescribeStacks" -> describe(stack, xml);
      case "ListStacks" ->
          xml.in("StackSummaries", () -> stacks.all().forEach(one -> stack(one, xml)));
      case "DescribeStackEvents" -> events(stack, xml);
      case "DescribeStackResources" -> resources(stack, "StackResources", xml);
      case "ListStackResources" -> resources(stack, "StackResourceSummaries", xml);
      case "GetTemplate" -> xml.put("TemplateBody", stacks.template(stack));
      case "DeleteStack" ->
          stacks.delete(stack, Set.copyOf(request.list("RetainResources")), token);
      case "CancelUpdateStack" -> stacks.cancelUpdate(stack, token);
      case "ContinueUpdateRollback" ->
          stacks.continueRollback(stack, Set.copyOf(request.list("ResourcesToSkip")), token);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void propose(WireRequest request, Xml xml) {
    String stack = request.text("StackName");
    String name = request.text("ChangeSetName");
    Optional<String> url = request.find("TemplateURL");
    simulation
        .stacks()
        .propose(
            new Stacks.Proposal(
                stack,
                name,
                request.text("ChangeSetType").equals("CREATE"),
                url.map(CloudFormationWire::inBucket)
                    .orElseGet(() -> new Stacks.Template.Body(request.text("TemplateBody"))),
                request.map("Parameters", "ParameterKey", "ParameterValue"),
                request.map("Tags", "Key", "Value"),
                request.text("Description")));
    xml.put("Id", simulation.stacks().changeSetArn(stack, name))
        .put("StackId", simulation.stacks().find(stack).map(Stacks.Stack::id));
  }

  /** Reads {@code https://BUCKET.s3.REGION.amazonaws.com/KEY}, or an address path-style. */
  private static Stacks.Template inBucket(String url) {
    URI uri = URI.create(url);
    String path = uri.getPath().substring(1);
    int host = uri.getHost().indexOf(".s3");
    if (host > 0) {
      return new Stacks.Template.InBucket(uri.getHost().substring(0, host), path);
    }
    String[] halves = path.split("/", 2);
    return new Stacks.Template.InBucket(halves[0], halves.length == 2 ? halves[1] : "");
  }

  private void describeChangeSet(String stack, String name, Xml xml) {
    Stacks.ChangeSet set =
        simulation
            .stacks()
            .changeSet(stack, name)
            .orElseThrow(
                () ->
                    new AwsError(
                        404, "ChangeSetNotFound", "ChangeSet [" + name + "] does not exist"));
    xml.put("ChangeSetName", set.name())
        .put("ChangeSetId", simulation.stacks().changeSetArn(stack, name))
        .put("StackName", simulation.stacks().find(stack).map(Stacks.Stack::name))
        .put("StackId", simulation.stacks().find(stack).map(Stacks.Stack::id))
        .put("Status", set.status())
        .put("ExecutionStatus", set.execution())
        .put("StatusReason", set.reason())
        .in("Changes", () -> set.changes().forEach(change -> change(change, xml)));
  }

  private static void change(Stacks.ResourceChange change, Xml xml) {
    xml.in(
        "member",
        () ->
            xml.put("Type", "Resource")
                .in(
                    "ResourceChange",
                    () ->
                        xml.put("Action", change.action())
                            .put("LogicalResourceId", change.logicalId())
                            .put("PhysicalResourceId", change.physicalId())
                            .put("ResourceType", change.type())
                            .put("Replacement", change.replacement())
                            .in("Details", () -> change.causes().forEach(c -> cause(c, xml)))));
  }

  private static void cause(String property, Xml xml) {
    boolean tags = property.equals("Tags");
    xml.in(
        "member",
        () ->
            xml.in(
                "Target",
                () ->
                    xml.put("Attribute", tags ? "Tags" : "Properties")
                        .put("Name", tags ? Optional.<String>empty() : Optional.of(property))));
  }

  private void describe(String name, Xml xml) {
    List<Stacks.Stack> found =
        name.isEmpty()
            ? simulation.stacks().all()
            : List.of(
                simulation
                    .stacks()
                    .find(name)
                    .orElseThrow(
                        () -> AwsError.validation("Stack with id " + name + " does not exist")));
    xml.in("Stacks", () -> found.forEach(one -> stack(one, xml)));
  }

  private static void stack(Stacks.Stack stack, Xml xml) {
    xml.in(
        "member",
        () -> {
          xml.put("StackId", stack.id())
              .put("StackName", stack.name())
              .put("StackStatus", stack.status().name())
              .put("StackStatusReason", stack.reason())
              .put("CreationTime", stack.created());
          stack.updated().ifPresent(moment -> xml.put("LastUpdatedTime", moment));
          xml.pairs("Outputs", "OutputKey", "OutputValue", stack.outputs())
              .pairs("Parameters", "ParameterKey", "ParameterValue", stack.parameters())
              .pairs("Tags", "Key", "Value", stack.tags());
        });
  }

  /** Writes events as CloudFormation does: newest first. */
  private void events(String name, Xml xml) {
    List<Stacks.Event> events = simulation.stacks().events(name, Optional.empty());
    Stacks.Stack stack = simulation.stacks().find(name).orElseThrow();
    xml.in(
        "StackEvents",
        () -> {
          for (Stacks.Event event : events.reversed()) {
            xml.in(
                "member",
                () ->
                    xml.put("EventId", event.id())
                        .put("StackId", stack.id())
                        .put("StackName", stack.name())
                        .put("Timestamp", event.at())
                        .put("LogicalResourceId", event.logicalId())
                        .put("PhysicalResourceId", event.physicalId())
                        .put("ResourceType", event.type())
                        .put("ResourceStatus", event.status())
                        .put("ResourceStatusReason", event.reason()));
          }
        });
  }

  private void resources(String name, String list, Xml xml) {
    List<Stacks.Resource> resources = simulation.stacks().resources(name);
    xml.in(
        list,
        () -> {
          for (Stacks.Resource resource : resources) {
            xml.in(
                "member",
                () ->
                    xml.put("LogicalResourceId", resource.logicalId())
                        .put("PhysicalResourceId", resource.physicalId())
                        .put("ResourceType", resource.type())
                        .put("ResourceStatus", resource.status())
                        .put("ResourceStatusReason", resource.reason()));
          }
        });
  }

  /** Returns a change set's name, which may be given as its ARN. */
  private static String changeSet(WireRequest request) {
    String name = request.text("ChangeSetName");
    return name.startsWith("arn:") ? name.split("/", -1)[1] : name;
  }

  /** Returns the stack, which may be left out where the change set's ARN names it. */
  private String stack(WireRequest request) {
    String arn = request.text("ChangeSetName");
    return request
        .find("StackName")
        .or(
            () ->
                simulation.stacks().all().stream()
                    .map(Stacks.Stack::name)
                    .filter(
                        name ->
                            simulation
                                .stacks()
                                .changeSetArn(name, changeSet(request))
                                .equals(Optional.of(arn)))
                    .findFirst())
        .orElseThrow(
            () -> new AwsError(404, "ChangeSetNotFound", "ChangeSet [" + arn + "] does not exist"));
  }
}
