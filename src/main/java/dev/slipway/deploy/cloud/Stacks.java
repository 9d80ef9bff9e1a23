package dev.slipway.deploy.cloud;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** CloudFormation's stacks and change sets. */
public interface Stacks {

  /**
   * One stack.
   *
   * @param id its ARN
   * @param reason of the status
   */
  record Stack(
      String id,
      String name,
      StackStatus status,
      Optional<String> reason,
      Map<String, String> outputs,
      Map<String, String> parameters,
      Map<String, String> tags,
      Instant created,
      Optional<Instant> updated) {
    /** Copies the maps. */
    public Stack {
      outputs = Map.copyOf(outputs);
      parameters = Map.copyOf(parameters);
      tags = Map.copyOf(tags);
    }
  }

  /**
   * What a change set is made of.
   *
   * @param create whether the stack doesn't exist yet, or only as {@code REVIEW_IN_PROGRESS}
   * @param template JSON, or the HTTPS address of one in a bucket
   * @param tags of the stack, which CloudFormation puts on its resources too
   */
  record Proposal(
      String stack,
      String changeSet,
      boolean create,
      Template template,
      Map<String, String> parameters,
      Map<String, String> tags,
      String description) {
    /** Copies the maps. */
    public Proposal {
      parameters = Map.copyOf(parameters);
      tags = Map.copyOf(tags);
    }
  }

  /** A template. */
  sealed interface Template {
    /**
     * In the request, at most 51,200 bytes.
     *
     * @param json its text
     */
    record Body(String json) implements Template {}

    /**
     * In a bucket of the stack's region.
     *
     * @param bucket its name
     * @param key of the object
     */
    record InBucket(String bucket, String key) implements Template {}
  }

  /**
   * One change set.
   *
   * @param status {@code CREATE_PENDING}, {@code CREATE_IN_PROGRESS}, {@code CREATE_COMPLETE},
   *     {@code FAILED}, {@code DELETE_COMPLETE}, ...
   * @param execution {@code AVAILABLE}, {@code UNAVAILABLE}, {@code EXECUTE_IN_PROGRESS}, ...
   */
  record ChangeSet(
      String name,
      String status,
      String execution,
      Optional<String> reason,
      List<ResourceChange> changes) {
    /** Copies the changes. */
    public ChangeSet {
      changes = List.copyOf(changes);
    }
  }

  /**
   * One resource of a change set.
   *
   * @param action {@code Add}, {@code Modify}, {@code Remove}, {@code Import}, {@code Dynamic}
   * @param replacement {@code True}, {@code False}, {@code Conditional}; absent where it says
   *     nothing
   * @param causes the properties that change
   */
  record ResourceChange(
      String action,
      String logicalId,
      Optional<String> physicalId,
      String type,
      Optional<String> replacement,
      List<String> causes) {
    /** Copies the causes. */
    public ResourceChange {
      causes = List.copyOf(causes);
    }
  }

  /** One event. */
  record Event(
      String id,
      Instant at,
      String logicalId,
      String type,
      String status,
      Optional<String> physicalId,
      Optional<String> reason) {}

  /**
   * One resource.
   *
   * @param physicalId absent where it was never made, or a stand-in doesn't say
   */
  record Resource(
      String logicalId,
      String type,
      String status,
      Optional<String> physicalId,
      Optional<String> reason) {}

  /** Describes a stack by its name or id; absent if there is none, or (by name) it is deleted. */
  Optional<Stack> find(String name);

  /** Lists the stacks that have all of these tags and aren't deleted. */
  List<Stack> tagged(Map<String, String> tags);

  /** Returns the template that was applied last, as text. */
  String template(String stack);

  /** Begins to make a change set. */
  void propose(Proposal proposal);

  /** Describes a change set with all its changes; absent if there is none. */
  Optional<ChangeSet> changeSet(String stack, String name);

  /** Drops a change set; an absent one is no failure. */
  void drop(String stack, String changeSet);

  /**
   * Begins to apply a change set.
   *
   * @param token the same for each try of the same request
   */
  void execute(String stack, String changeSet, String token);

  /**
   * Lists events, oldest first.
   *
   * @param after the id of the last event that is known already; absent for all
   */
  List<Event> events(String stack, Optional<String> after);

  /** Lists the resources. */
  List<Resource> resources(String stack);

  /** Begins to put back what an update changed. */
  void cancelUpdate(String stack, String token);

  /**
   * Begins to leave {@code UPDATE_ROLLBACK_FAILED}.
   *
   * @param skip the logical ids of resources to take as put back
   */
  void continueRollback(String stack, Set<String> skip, String token);

  /**
   * Begins to delete a stack.
   *
   * @param retain the logical ids of resources to leave, allowed in {@code DELETE_FAILED} only
   */
  void delete(String stack, Set<String> retain, String token);
}
