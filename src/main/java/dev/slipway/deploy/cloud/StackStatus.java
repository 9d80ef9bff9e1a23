package dev.slipway.deploy.cloud;

/** CloudFormation's states of a stack, by its own names. */
public enum StackStatus {
  /** Being made. */
  CREATE_IN_PROGRESS,
  /** Could not be made, and was not rolled back. */
  CREATE_FAILED,
  /** Made. */
  CREATE_COMPLETE,
  /** Could not be made; being taken back. */
  ROLLBACK_IN_PROGRESS,
  /** Could be neither made nor taken back. */
  ROLLBACK_FAILED,
  /** Could not be made and was taken back: can only be deleted. */
  ROLLBACK_COMPLETE,
  /** Being deleted. */
  DELETE_IN_PROGRESS,
  /** Could not be deleted whole. */
  DELETE_FAILED,
  /** Deleted. */
  DELETE_COMPLETE,
  /** Being changed. */
  UPDATE_IN_PROGRESS,
  /** Changed; what was replaced is being deleted. */
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS,
  /** Changed. */
  UPDATE_COMPLETE,
  /** Could not be changed, and was not rolled back. */
  UPDATE_FAILED,
  /** Could not be changed; being put back. */
  UPDATE_ROLLBACK_IN_PROGRESS,
  /** Could be neither changed nor put back. */
  UPDATE_ROLLBACK_FAILED,
  /** Put back; what was made for the change is being deleted. */
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
  /** Could not be changed and was put back. */
  UPDATE_ROLLBACK_COMPLETE,
  /** Only a change set exists. */
  REVIEW_IN_PROGRESS,
  /** Taking resources in. */
  IMPORT_IN_PROGRESS,
  /** Took resources in. */
  IMPORT_COMPLETE,
  /** Could not take resources in; being put back. */
  IMPORT_ROLLBACK_IN_PROGRESS,
  /** Could neither take resources in nor be put back. */
  IMPORT_ROLLBACK_FAILED,
  /** Could not take resources in and was put back. */
  IMPORT_ROLLBACK_COMPLETE;

  /** Returns whether CloudFormation is working on it. */
  public boolean busy() {
    return name().endsWith("_IN_PROGRESS") && this != REVIEW_IN_PROGRESS;
  }
}
