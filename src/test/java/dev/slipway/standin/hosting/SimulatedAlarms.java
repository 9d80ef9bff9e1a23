package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Alarms;
import dev.slipway.standin.kernel.Region;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** CloudWatch's alarms. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedAlarms implements Alarms {
  private final Region region;
  private final Map<String, Alarm> alarms = new TreeMap<>();

  /** Makes none yet. */
  public SimulatedAlarms(Region region) {
    this.region = region;
  }

  /** Makes an alarm, or leaves the one that is there; returns its ARN. */
  public String create(String name) {
    String arn = region.arn("cloudwatch", "alarm:" + name);
    alarms.putIfAbsent(name, new Alarm(name, arn, "OK", Optional.empty()));
    return arn;
  }

  /** Lets an alarm ring; one that doesn't exist is made. */
  public void ring(String name, String reason) {
    alarms.put(name, new Alarm(name, create(name), "ALARM", Optional.of(reason)));
  }

  /** Ends an alarm's ringing. */
  public void calm(String name) {
    alarms.computeIfPresent(
        name, (same, alarm) -> new Alarm(name, alarm.arn(), "OK", Optional.empty()));
  }

  @Override
  public List<Alarm> startingWith(String prefix) {
    return alarms.values().stream().filter(alarm -> alarm.name().startsWith(prefix)).toList();
  }

  @Override
  public void delete(List<String> names) {
    names.forEach(alarms::remove);
  }
}
