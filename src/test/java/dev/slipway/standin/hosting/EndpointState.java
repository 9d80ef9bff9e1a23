package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Hosting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One endpoint as it is. */
final class EndpointState {
  final String name;
  final String arn;
  final Instant created;
  final Map<String, Fleet> fleets = new LinkedHashMap<>();
  Map<String, String> tags;
  String status = "Creating";
  String config;
  Optional<String> failureReason = Optional.empty();
  Instant changed;

  /** Counts the changes, so that a later one makes an earlier one's end void. */
  int change;

  /** Whether the last update was taken back, and its stack was told. */
  Optional<String> rolledBack = Optional.empty();

  /** One variant's instances. */
  record Fleet(String instance, int now, int desired) {}

  EndpointState(String name, String arn, String config, Map<String, String> tags, Instant created) {
    this.name = name;
    this.arn = arn;
    this.config = config;
    this.tags = Map.copyOf(tags);
    this.created = created;
    this.changed = created;
  }

  boolean busy() {
    return switch (status) {
      case "InService", "Failed", "OutOfService", "UpdateRollbackFailed" -> false;
      default -> true;
    };
  }

  void become(String next, Instant at) {
    status = next;
    changed = at;
  }

  Hosting.Endpoint describe() {
    List<Hosting.Variant> variants = new ArrayList<>();
    fleets.forEach(
        (variant, fleet) ->
            variants.add(
                new Hosting.Variant(variant, fleet.instance(), fleet.now(), fleet.desired())));
    return new Hosting.Endpoint(
        name, arn, status, config, failureReason, created, changed, variants);
  }
}
