package dev.slipway.aws;

/** Something that AWS does and a simulation of it may not. */
public enum Gap {
  /** It hosts models. */
  HOSTING("it knows stacks, and nothing of SageMaker's"),
  /** Endpoints get the names that their template says. */
  NAMES_OF_TEMPLATES("it ignores EndpointName in a template"),
  /** A stack that a change set made has its outputs. */
  OUTPUTS("it fills no outputs of stacks that change sets make"),
  /** A change set without changes is made, and has failed. */
  EMPTY_CHANGE_SETS("it refuses a change set without changes instead of making a failed one"),
  /** Alarms of a template are made. */
  ALARMS_OF_TEMPLATES("it makes no alarms from a template"),
  /** Scalable targets of a template are made. */
  SCALING_OF_TEMPLATES("it makes no scaling resources from a template"),
  /** A variant's count can be changed. */
  RESIZING("it has no endpoint update"),
  /** There are inference components. */
  COMPONENTS("it has no inference components"),
  /** A change set that isn't there can be dropped. */
  ABSENT_CHANGE_SETS("it fails (500) when a change set that isn't there is dropped"),
  /** An update can be cancelled, a failed rollback continued. */
  UPDATES_CANCELLED("it can't cancel an update, or continue a rollback"),
  /** The tasks of a service start, and its stack waits for them. */
  TASKS("it runs no tasks of services"),
  /** A service goes with its stack. */
  SERVICES_DELETED("it leaves the services of stacks that it deletes");

  private final String sentence;

  Gap(String sentence) {
    this.sentence = sentence;
  }

  /** Returns what the simulation lacks, as a part of a sentence. */
  public String sentence() {
    return sentence;
  }
}
