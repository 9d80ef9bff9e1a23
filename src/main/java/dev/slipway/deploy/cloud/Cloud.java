package dev.slipway.deploy.cloud;

import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.model.mirror.Bucket;

/** Reaches one account in one region. */
public interface Cloud extends AutoCloseable {

  /** Returns the region that calls go to. */
  String region();

  /** CloudFormation. */
  Stacks stacks();

  /** SageMaker hosting. */
  Hosting hosting();

  /** Application Auto Scaling. */
  Scaling scaling();

  /** CloudWatch's alarms. */
  Alarms alarms();

  /** CloudWatch Logs. */
  ContainerLogs logs();

  /** The account: who calls, its quotas, and prices. */
  Account account();

  /** The image repository's content. */
  Images images();

  /** ECS's services. */
  ContainerServices services();

  /** Opens a bucket, which must belong to the caller's account. */
  Bucket bucket(String name);

  /** SageMaker Runtime. */
  RuntimeClient runtime();

  @Override
  void close();
}
