package dev.slipway.deploy.cloud;

import java.util.List;

/** Application Auto Scaling's targets and policies of SageMaker. */
public interface Scaling {

  /**
   * One scalable target.
   *
   * @param resource {@code endpoint/NAME/variant/VARIANT} or {@code inference-component/NAME}
   * @param dimension {@code sagemaker:variant:DesiredInstanceCount} or {@code
   *     sagemaker:inference-component:DesiredCopyCount}
   */
  record Target(String resource, String dimension, int min, int max) {}

  /**
   * One scaling policy.
   *
   * @param alarms the names of the alarms that it works by
   */
  record Policy(String name, String resource, String dimension, List<String> alarms) {
    /** Copies the alarms. */
    public Policy {
      alarms = List.copyOf(alarms);
    }
  }

  /** Lists the targets among these resources. */
  List<Target> targets(List<String> resources);

  /** Lists the policies of a resource. */
  List<Policy> policies(String resource);

  /** Changes the bounds of a target, which is made where there is none. */
  void bounds(Target target);

  /** Removes a target with its policies and schedules; an absent one is no failure. */
  void remove(String resource, String dimension);
}
