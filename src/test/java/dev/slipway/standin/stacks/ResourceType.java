package dev.slipway.standin.stacks;

/** Makes, changes and takes away the resources of one type. */
sealed interface ResourceType
    permits AlarmType,
        BucketType,
        TaskDefinitionType,
        ContainerServiceType,
        ComponentType,
        ConfigType,
        EndpointType,
        ModelType,
        PlainType,
        PolicyType,
        RepositoryType,
        TargetType {

  /** Returns whether another resource is made where this property changes. */
  boolean replaces(String property);

  /** Returns whether the stack's tags are put on it. */
  boolean taggable();

  /** Begins to make one; returns its physical id. */
  String create(Spec spec);

  /** Begins to change one. */
  void update(String physicalId, Spec spec);

  /** Returns how far the making, or the change, is. */
  Progress progress(String physicalId, Spec spec);

  /** Begins to take one away; one that isn't there is no failure. */
  void delete(String physicalId);

  /** Returns how far the taking away is. */
  Progress deletion(String physicalId);

  /** Returns an attribute for {@code Fn::GetAtt}. */
  String attribute(String physicalId, String name);

  /** Returns what an ARN, or a name, ends with. */
  static String last(String id) {
    return id.substring(id.lastIndexOf('/') + 1);
  }
}
