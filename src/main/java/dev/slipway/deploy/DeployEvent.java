package dev.slipway.deploy;

import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.model.TransferProgress;

/** Something that happened while a deployment was changed, for whoever looks on. */
public sealed interface DeployEvent {

  /**
   * A step of the walk began.
   *
   * @param name in a few words: "mirroring the model"
   */
  record Step(String name) implements DeployEvent {}

  /** The mirror moved. */
  record Mirrored(TransferProgress.Transfer transfer) implements DeployEvent {}

  /** CloudFormation said something of a stack's resource. */
  record StackSaid(String stack, Stacks.Event event) implements DeployEvent {}

  /** An endpoint, or a component, is in another state than before. */
  record EndpointIs(String name, String status) implements DeployEvent {}

  /** A container wrote a line worth reading. */
  record ContainerSaid(ContainerLogs.Line line) implements DeployEvent {}

  /**
   * Something worth knowing.
   *
   * @param warning whether it may be wrong
   */
  record Note(String text, boolean warning) implements DeployEvent {}
}
