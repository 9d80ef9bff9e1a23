package dev.slipway.deploy.cloud;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** ECS's services. */
public interface ContainerServices {

  /**
   * One service.
   *
   * @param status {@code ACTIVE}, {@code DRAINING} or {@code INACTIVE}
   * @param running tasks that run
   * @param desired tasks that are wanted
   * @param rollout of its newest deployment: {@code IN_PROGRESS}, {@code COMPLETED}, {@code FAILED}
   * @param events newest first, as ECS lists them; at most a hundred
   */
  record Service(String status, int running, int desired, Rollout rollout, List<Event> events) {
    /** Copies the events. */
    public Service {
      events = List.copyOf(events);
    }
  }

  /**
   * How far the newest deployment is.
   *
   * @param state in ECS's words; empty where it says none
   */
  record Rollout(String state, Optional<String> reason) {}

  /** Something that ECS says of a service. */
  record Event(String id, Instant at, String text) {}

  /**
   * A task that is no more.
   *
   * @param at when it stopped
   * @param reason in ECS's words, with its containers' own where they have any
   */
  record Stop(Instant at, String reason) {}

  /**
   * Describes a service; absent if there is none.
   *
   * @param arn {@code arn:...:service/CLUSTER/NAME}
   */
  Optional<Service> find(String arn);

  /**
   * Lists why tasks of a service stopped, newest first; ECS remembers at least an hour of them.
   * None if there is no such service.
   *
   * @param arn {@code arn:...:service/CLUSTER/NAME}
   */
  List<Stop> stops(String arn);
}
