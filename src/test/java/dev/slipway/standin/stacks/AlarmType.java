package dev.slipway.standin.stacks;

import java.util.List;

/** {@code AWS::CloudWatch::Alarm}. */
record AlarmType(Services services) implements ResourceType {
  @Override
  public boolean replaces(String property) {
    return property.equals("AlarmName");
  }

  @Override
  public boolean taggable() {
    return false;
  }

  @Override
  public String create(Spec spec) {
    String name =
        spec.text("AlarmName")
            .orElseGet(
                () -> services.world().names().physical(spec.stack(), spec.logicalId(), 255));
    services.alarms().create(name);
    return name;
  }

  @Override
  public void update(String physicalId, Spec spec) {
    // What an alarm watches is not simulated: it rings when the script says so.
  }

  @Override
  public Progress progress(String physicalId, Spec spec) {
    return new Progress.Done();
  }

  @Override
  public void delete(String physicalId) {
    services.alarms().delete(List.of(physicalId));
  }

  @Override
  public Progress deletion(String physicalId) {
    return new Progress.Done();
  }

  @Override
  public String attribute(String physicalId, String name) {
    return services.world().region().arn("cloudwatch", "alarm:" + physicalId);
  }
}
