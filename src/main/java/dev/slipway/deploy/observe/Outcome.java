package dev.slipway.deploy.observe;

import dev.slipway.deploy.cloud.StackStatus;

/** What a stack's state means to who waits for it. */
enum Outcome {
  /** What was asked for is there. */
  DONE,
  /** CloudFormation works on it. */
  WORKING,
  /** What was there before is there again, or nothing where nothing was. */
  ROLLED_BACK,
  /** It is neither here nor there. */
  FAILED,
  /** There is nothing. */
  GONE;

  static Outcome of(StackStatus status) {
    return switch (status) {
      case CREATE_COMPLETE, UPDATE_COMPLETE, IMPORT_COMPLETE -> DONE;
      case CREATE_IN_PROGRESS,
          UPDATE_IN_PROGRESS,
          UPDATE_COMPLETE_CLEANUP_IN_PROGRESS,
          ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
          DELETE_IN_PROGRESS,
          IMPORT_IN_PROGRESS,
          IMPORT_ROLLBACK_IN_PROGRESS ->
          WORKING;
      case ROLLBACK_COMPLETE, UPDATE_ROLLBACK_COMPLETE, IMPORT_ROLLBACK_COMPLETE -> ROLLED_BACK;
      case CREATE_FAILED,
          ROLLBACK_FAILED,
          DELETE_FAILED,
          UPDATE_FAILED,
          UPDATE_ROLLBACK_FAILED,
          IMPORT_ROLLBACK_FAILED ->
          FAILED;
      case DELETE_COMPLETE, REVIEW_IN_PROGRESS -> GONE;
    };
  }
}
