package dev.slipway.deploy;

import dev.slipway.deploy.cloud.StackStatus;

/** Says what brings a stack forward from the state it is found in. Pure. */
enum NextStep {
  /** Make it. */
  CREATE,
  /** Change it. */
  UPDATE,
  /** Somebody changes it: wait. */
  WAIT,
  /** It can only be deleted; nothing of it runs. */
  DELETE,
  /** Finish putting it back, then change it. */
  CONTINUE_ROLLBACK,
  /** Only a person can help. */
  REFUSE;

  /** Returns the step for a stack in this state. */
  static NextStep of(StackStatus status) {
    return switch (status) {
      case REVIEW_IN_PROGRESS, DELETE_COMPLETE -> CREATE;
      case CREATE_COMPLETE,
          UPDATE_COMPLETE,
          UPDATE_ROLLBACK_COMPLETE,
          IMPORT_COMPLETE,
          IMPORT_ROLLBACK_COMPLETE,
          // Left as it is by an update without rollback: the next update goes on from there.
          UPDATE_FAILED ->
          UPDATE;
      case CREATE_IN_PROGRESS,
          ROLLBACK_IN_PROGRESS,
          DELETE_IN_PROGRESS,
          UPDATE_IN_PROGRESS,
          UPDATE_COMPLETE_CLEANUP_IN_PROGRESS,
          UPDATE_ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
          IMPORT_IN_PROGRESS,
          IMPORT_ROLLBACK_IN_PROGRESS ->
          WAIT;
      case CREATE_FAILED, ROLLBACK_FAILED, ROLLBACK_COMPLETE, DELETE_FAILED -> DELETE;
      case UPDATE_ROLLBACK_FAILED -> CONTINUE_ROLLBACK;
      case IMPORT_ROLLBACK_FAILED -> REFUSE;
    };
  }

  /** Returns whether a stack in this state is as its template says. */
  static boolean good(StackStatus status) {
    return switch (status) {
      case CREATE_COMPLETE, UPDATE_COMPLETE, IMPORT_COMPLETE -> true;
      case REVIEW_IN_PROGRESS,
          DELETE_COMPLETE,
          UPDATE_ROLLBACK_COMPLETE,
          IMPORT_ROLLBACK_COMPLETE,
          UPDATE_FAILED,
          CREATE_IN_PROGRESS,
          ROLLBACK_IN_PROGRESS,
          DELETE_IN_PROGRESS,
          UPDATE_IN_PROGRESS,
          UPDATE_COMPLETE_CLEANUP_IN_PROGRESS,
          UPDATE_ROLLBACK_IN_PROGRESS,
          UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS,
          IMPORT_IN_PROGRESS,
          IMPORT_ROLLBACK_IN_PROGRESS,
          CREATE_FAILED,
          ROLLBACK_FAILED,
          ROLLBACK_COMPLETE,
          DELETE_FAILED,
          UPDATE_ROLLBACK_FAILED,
          IMPORT_ROLLBACK_FAILED ->
          false;
    };
  }
}
