package dev.slipway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.plan.Change.Action;
import dev.slipway.plan.Plan.CostPerHour;
import dev.slipway.plan.Plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides, purely, what changes, and in which change sets. */
public final class Planner {
  /** The type of mirrored files among changes. */
  public static final String OBJECTS = "Slipway::Objects";

  /** The type of a pushed image among changes. */
  public static final String IMAGE = "Slipway::Image";

  /** The purpose of the step that takes the scaling off before the instance type changes. */
  public static final String DETACH_SCALING = "detach scaling";

  private Planner() {}

  /**
   * What a stack holds now.
   *
   * @param template the one that was applied last
   * @param parameters its values
   */
  public record Deployed(String template, Map<String, String> parameters) {
    /** Copies the parameters. */
    public Deployed {
      parameters = Map.copyOf(parameters);
    }
  }

  /**
   * What a stack should hold.
   *
   * @param name the stack's
   */
  public record Wanted(String name, String template, Map<String, String> parameters) {
    /** Copies the parameters. */
    public Wanted {
      parameters = Map.copyOf(parameters);
    }

    /** Returns what a stack that shall go should hold. */
    public static Wanted nothing(String name) {
      return new Wanted(name, "{}", Map.of());
    }
  }

  /**
   * One resource of CloudFormation's own change set, in CloudFormation's words.
   *
   * @param action {@code Add}, {@code Modify}, {@code Remove}, {@code Import}, {@code Dynamic}
   * @param name the physical name, empty where there is none
   * @param replacement {@code True}, {@code False}, {@code Conditional}, or empty
   * @param causes the properties that change
   */
  public record Proposed(
      String action,
      String logicalId,
      String name,
      String type,
      String replacement,
      List<String> causes) {
    /** Copies the causes. */
    public Proposed {
      causes = List.copyOf(causes);
    }
  }

  /** Returns whether a stack already holds what it should: nothing is to be done then. */
  public static boolean unchanged(Optional<Deployed> deployed, Wanted wanted) {
    return deployed
        .filter(
            now ->
                changedParameters(now.parameters(), wanted.parameters()).isEmpty()
                    && TemplateJson.same(now.template(), wanted.template()))
        .isPresent();
  }

  /** Lists what changes in a stack, by comparing templates; empty if nothing does. */
  public static List<Change> changes(Optional<Deployed> deployed, Wanted wanted) {
    if (unchanged(deployed, wanted)) {
      return List.of();
    }
    ObjectNode before =
        deployed
            .map(now -> TemplateJson.read(now.template()))
            .orElseGet(JsonNodeFactory.instance::objectNode);
    return TemplateDiff.of(
        before,
        TemplateJson.read(wanted.template()),
        deployed
            .map(now -> changedParameters(now.parameters(), wanted.parameters()))
            .orElse(Set.of()));
  }

  /**
   * Corrects a list of changes by CloudFormation's own change set, which knows better what it will
   * do; reasons stay where it gives none.
   */
  public static List<Change> corrected(List<Change> changes, List<Proposed> changeSet) {
    return changeSet.stream()
        .map(
            proposed -> {
              String reason =
                  proposed.causes().isEmpty()
                      ? changes.stream()
                          .filter(change -> change.logicalId().equals(proposed.logicalId()))
                          .map(Change::reason)
                          .findFirst()
                          .orElse("")
                      : String.join(", ", new TreeSet<>(proposed.causes())) + " changes";
              return new Change(
                  action(proposed), proposed.type(), proposed.logicalId(), proposed.name(), reason);
            })
        .toList();
  }

  private static Action action(Proposed proposed) {
    return switch (proposed.action()) {
      case "Add", "Import" -> Action.CREATE;
      case "Remove" -> Action.DELETE;
      default ->
          proposed.replacement().equals("True") || proposed.replacement().equals("Conditional")
              ? Action.REPLACE
              : Action.UPDATE;
    };
  }

  /**
   * Lists the change sets that bring a stack from what it holds to what it should, in order; none
   * if nothing changes.
   */
  public static List<Step> steps(Optional<Deployed> deployed, Wanted wanted) {
    if (unchanged(deployed, wanted)) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    deployed
        .map(now -> TemplateJson.read(now.template()))
        .filter(now -> needsDetaching(now, TemplateJson.read(wanted.template())))
        .map(Detachment::of)
        .ifPresent(
            without ->
                steps.add(new Step(wanted.name(), DETACH_SCALING, TemplateJson.write(without))));
    steps.add(
        new Step(wanted.name(), deployed.isPresent() ? "update" : "create", wanted.template()));
    return steps;
  }

  /** An instance type, or a variant, that changes below a scalable target. */
  private static boolean needsDetaching(JsonNode deployed, JsonNode wanted) {
    List<JsonNode> before = variants(deployed);
    List<JsonNode> after = variants(wanted);
    return Detachment.scales(deployed)
        && !before.isEmpty()
        && !after.isEmpty()
        && !before.equals(after);
  }

  private static List<JsonNode> variants(JsonNode template) {
    List<JsonNode> variants = new ArrayList<>();
    for (JsonNode resource : template.path("Resources")) {
      if (resource.path("Type").asText().equals("AWS::SageMaker::EndpointConfig")) {
        for (JsonNode variant : resource.path("Properties").path("ProductionVariants")) {
          ObjectNode hosted = JsonNodeFactory.instance.objectNode();
          for (String key : List.of("VariantName", "InstanceType", "InstancePools")) {
            hosted.set(key, variant.path(key));
          }
          variants.add(hosted);
        }
      }
    }
    return variants;
  }

  /**
   * Puts a plan together.
   *
   * @param store the store's stack now, and as it should be
   * @param endpoint the endpoint's; absent where none is wanted
   * @param objects the change that mirroring the model is; absent if all of it is there
   * @param prices in US dollars an hour, by instance type
   * @param findings of the checks
   */
  public static Plan plan(
      ResourceNames names,
      Move store,
      Optional<Move> endpoint,
      Optional<Change> objects,
      Function<String, OptionalDouble> prices,
      List<Finding> findings) {
    List<Change> changes = new ArrayList<>(changes(store.deployed(), store.wanted()));
    objects.ifPresent(changes::add);
    Plan plan =
        new Plan(
            names.deployment(),
            names.environment(),
            changes,
            new CostPerHour(0.0, 0.0),
            findings,
            steps(store.deployed(), store.wanted()));
    return endpoint.map(move -> then(plan, move, List.of(), prices)).orElse(plan);
  }

  /**
   * Returns a plan with the business layer's part, which comes after the endpoint's.
   *
   * @param objects the changes that making its image and storing its index are
   * @param prices in US dollars an hour, by instance type
   */
  public static Plan withService(
      Plan plan, Move service, List<Change> objects, Function<String, OptionalDouble> prices) {
    return then(plan, service, objects, prices);
  }

  /**
   * Returns a plan with the removal of an endpoint that nobody asks any more, which comes last.
   *
   * @param prices in US dollars an hour, by instance type
   */
  public static Plan withoutEndpoint(
      Plan plan, Move endpoint, Function<String, OptionalDouble> prices) {
    return then(plan, endpoint, List.of(), prices);
  }

  /** Returns a plan with what comes next. */
  private static Plan then(
      Plan plan, Move stack, List<Change> objects, Function<String, OptionalDouble> prices) {
    List<Change> changes = new ArrayList<>(plan.changes());
    changes.addAll(objects);
    changes.addAll(changes(stack.deployed(), stack.wanted()));
    List<Step> steps = new ArrayList<>(plan.steps());
    steps.addAll(steps(stack.deployed(), stack.wanted()));
    return new Plan(
        plan.deployment(),
        plan.environment(),
        changes,
        new CostPerHour(
            more(plan.costPerHour().before(), stack.deployed().map(Deployed::template), prices),
            more(plan.costPerHour().after(), Optional.of(stack.wanted().template()), prices)),
        plan.findings(),
        steps);
  }

  private static @Nullable Double more(
      @Nullable Double cost, Optional<String> template, Function<String, OptionalDouble> prices) {
    if (cost == null || template.isEmpty()) {
      return cost;
    }
    OptionalDouble added = HourlyCost.of(template.get(), prices);
    return added.isPresent() ? Double.valueOf(cost + added.getAsDouble()) : null;
  }

  /** What a stack holds, if it exists, and what it should. */
  public record Move(Optional<Deployed> deployed, Wanted wanted) {}

  /** Returns the change that mirroring a model is. */
  public static Change mirrored(Blueprint.ModelData model, int files) {
    return new Change(
        Action.CREATE,
        OBJECTS,
        "Model",
        model.key(),
        "%d files, %s, are copied to the store".formatted(files, Sizes.bytes(model.bytes())));
  }

  private static Set<String> changedParameters(
      Map<String, String> before, Map<String, String> after) {
    Set<String> changed = new TreeSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    return changed;
  }
}
