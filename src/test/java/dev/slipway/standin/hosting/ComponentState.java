package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Hosting;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** One inference component as it is. */
final class ComponentState {
  final String name;
  final String arn;
  final String endpoint;
  final Instant created;
  Map<String, String> tags;
  String status = "Creating";
  String model;
  int now;
  int desired;
  boolean waking;
  Optional<String> failureReason = Optional.empty();

  ComponentState(
      String name,
      String arn,
      String endpoint,
      String model,
      int copies,
      Map<String, String> tags,
      Instant created) {
    this.name = name;
    this.arn = arn;
    this.endpoint = endpoint;
    this.model = model;
    this.desired = copies;
    this.tags = Map.copyOf(tags);
    this.created = created;
  }

  Hosting.Component describe() {
    return new Hosting.Component(name, arn, endpoint, status, now, desired, failureReason);
  }
}
