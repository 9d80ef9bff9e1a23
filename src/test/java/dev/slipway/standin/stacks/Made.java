package dev.slipway.standin.stacks;

import dev.slipway.deploy.cloud.Stacks;
import java.util.Optional;

/**
 * One resource of a stack as it was made.
 *
 * @param physicalId absent where making it failed at once
 * @param spec what it was made of
 * @param whenDeleted the template's {@code DeletionPolicy}
 * @param whenReplaced the template's {@code UpdateReplacePolicy}
 */
record Made(
    String logicalId,
    String type,
    Optional<String> physicalId,
    String status,
    Optional<String> reason,
    Spec spec,
    String whenDeleted,
    String whenReplaced) {

  Made with(String newStatus, Optional<String> newReason) {
    return new Made(
        logicalId, type, physicalId, newStatus, newReason, spec, whenDeleted, whenReplaced);
  }

  Stacks.Resource describe() {
    return new Stacks.Resource(logicalId, type, status, physicalId, reason);
  }
}
