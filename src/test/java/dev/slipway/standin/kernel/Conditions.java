package dev.slipway.standin.kernel;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the world is that the simulation runs in: how long things take, what there is too little of,
 * what is broken. Changes count for what begins after them. Not thread-safe by itself: set it
 * before the calls that it is for, or through the simulation.
 */
public final class Conditions {
  /** What is done to a resource of a stack. */
  public enum Action {
    /** It is made. */
    CREATE,
    /** It is changed. */
    UPDATE,
    /** It is put back while a stack rolls back. */
    PUT_BACK,
    /** It is taken away. */
    DELETE
  }

  /** Which alarm ends an update, and whether its stack is told. */
  public record AlarmRollback(String alarm, boolean stackNotices) {}

  private record Deed(String logicalId, Action action) {}

  private record Trouble(String reason, int times) {}

  private final Set<String> scarce = new HashSet<>();
  private final Map<String, List<String>> unhealthy = new HashMap<>();
  private final Map<Deed, Trouble> troubles = new HashMap<>();
  private Optional<AlarmRollback> alarmRollback = Optional.empty();
  private Duration creating = Duration.ofMinutes(5);
  private Duration updating = Duration.ofMinutes(5);
  private Duration deleting = Duration.ofSeconds(30);
  private Duration waking = Duration.ofMinutes(6);
  private Duration starting = Duration.ofMinutes(1);
  private Optional<String> balancer = Optional.empty();

  /** Takes all instances of a type away: {@code InsufficientInstanceCapacity}. */
  public void scarce(String instanceType) {
    scarce.add(instanceType);
  }

  /** Brings instances of a type back. */
  public void plentiful(String instanceType) {
    scarce.remove(instanceType);
  }

  /** Returns whether there are no instances of a type. */
  public boolean isScarce(String instanceType) {
    return scarce.contains(instanceType);
  }

  /**
   * Lets containers fail their health check.
   *
   * @param imagePart part of the image's URI, or of the model data's; empty for all, ECS's too
   * @param lines what such a container writes to its log
   */
  public void unhealthy(String imagePart, List<String> lines) {
    unhealthy.put(imagePart, List.copyOf(lines));
  }

  /** Lets all containers pass their health check again. */
  public void healthy() {
    unhealthy.clear();
  }

  /** Returns what a container says before it fails its health check; absent if it passes it. */
  public Optional<List<String>> ailment(String description) {
    return unhealthy.entrySet().stream()
        .filter(entry -> description.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Lets an action on a resource of a stack fail, so many times. */
  public void trouble(String logicalId, Action action, String reason, int times) {
    troubles.put(new Deed(logicalId, action), new Trouble(reason, times));
  }

  /** Returns why an action on a resource fails this time; absent if it doesn't. */
  public Optional<String> takeTrouble(String logicalId, Action action) {
    Deed deed = new Deed(logicalId, action);
    Trouble trouble = troubles.get(deed);
    if (trouble == null || trouble.times() == 0) {
      return Optional.empty();
    }
    troubles.put(deed, new Trouble(trouble.reason(), trouble.times() - 1));
    return Optional.of(trouble.reason());
  }

  /**
   * Lets an alarm ring in the next update of an endpoint, which then rolls back.
   *
   * @param stackNotices whether CloudFormation takes that for a failure; otherwise the endpoint is
   *     {@code InService} with its old configuration and no one says a word
   */
  public void alarmRollback(String alarm, boolean stackNotices) {
    alarmRollback = Optional.of(new AlarmRollback(alarm, stackNotices));
  }

  /** Returns the alarm that ends the update which begins now; it rings once. */
  public Optional<AlarmRollback> takeAlarmRollback() {
    Optional<AlarmRollback> taken = alarmRollback;
    alarmRollback = Optional.empty();
    return taken;
  }

  /** Sets how long an endpoint or a component is {@code Creating}. */
  public void creating(Duration duration) {
    creating = duration;
  }

  /** Returns how long an endpoint or a component is {@code Creating}. */
  public Duration creating() {
    return creating;
  }

  /** Sets how long an endpoint is {@code Updating}. */
  public void updating(Duration duration) {
    updating = duration;
  }

  /** Returns how long an endpoint is {@code Updating}. */
  public Duration updating() {
    return updating;
  }

  /** Sets how long an endpoint or a component is {@code Deleting}. */
  public void deleting(Duration duration) {
    deleting = duration;
  }

  /** Returns how long an endpoint or a component is {@code Deleting}. */
  public Duration deleting() {
    return deleting;
  }

  /** Sets how long a task takes to start, or to fail. */
  public void starting(Duration duration) {
    starting = duration;
  }

  /** Returns how long a task takes to start, or to fail. */
  public Duration starting() {
    return starting;
  }

  /** Lets load balancers that are made from now on be at an address, {@code HOST:PORT}. */
  public void balancer(String address) {
    balancer = Optional.of(address);
  }

  /** Returns where load balancers are; absent for names that nobody resolves. */
  public Optional<String> balancer() {
    return balancer;
  }

  /** Sets how long something that scaled to zero takes to wake. */
  public void waking(Duration duration) {
    waking = duration;
  }

  /** Returns how long something that scaled to zero takes to wake. */
  public Duration waking() {
    return waking;
  }
}
