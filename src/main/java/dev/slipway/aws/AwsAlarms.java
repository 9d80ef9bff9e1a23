package dev.slipway.aws;

import dev.slipway.deploy.cloud.Alarms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;

/** CloudWatch's alarms. */
final class AwsAlarms implements Alarms {
  /** What one request may delete. */
  private static final int MOST_NAMES = 100;

  private final Lazy<CloudWatchClient> client;
  private final CloudFailures failures;

  AwsAlarms(Lazy<CloudWatchClient> client, CloudFailures failures) {
    this.client = client;
    this.failures = failures;
  }

  @Override
  public List<Alarm> startingWith(String prefix) {
    return failures.call(
        new Ask(
            "Cannot list the alarms named \"" + prefix + "...\"",
            "cloudwatch:DescribeAlarms",
            "all alarms"),
        () -> {
          List<Alarm> alarms = new ArrayList<>();
          for (DescribeAlarmsResponse page :
              client
                  .get()
                  .describeAlarmsPaginator(
                      request ->
                          request
                              .alarmNamePrefix(prefix)
                              .alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM))) {
            page.metricAlarms()
                .forEach(
                    each ->
                        alarms.add(
                            new Alarm(
                                each.alarmName(),
                                each.alarmArn(),
                                each.stateValueAsString(),
                                Optional.ofNullable(each.stateReason()))));
            page.compositeAlarms()
                .forEach(
                    each ->
                        alarms.add(
                            new Alarm(
                                each.alarmName(),
                                each.alarmArn(),
                                each.stateValueAsString(),
                                Optional.ofNullable(each.stateReason()))));
          }
          return List.copyOf(alarms);
        });
  }

  @Override
  public void delete(List<String> names) {
    for (int from = 0; from < names.size(); from += MOST_NAMES) {
      List<String> some = names.subList(from, Math.min(names.size(), from + MOST_NAMES));
      if (!deleted(some) && some.size() > 1) {
        // One that isn't there can keep the others: each by itself, then.
        some.forEach(name -> deleted(List.of(name)));
      }
    }
  }

  private boolean deleted(List<String> names) {
    return failures
        .find(
            new Ask(
                "Cannot delete the alarms " + names,
                "cloudwatch:DeleteAlarms",
                String.join(", ", names)),
            () -> client.get().deleteAlarms(request -> request.alarmNames(names)))
        .isPresent();
  }
}
