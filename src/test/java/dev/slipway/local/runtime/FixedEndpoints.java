package dev.slipway.local.runtime;

import dev.slipway.endpoint.EndpointName;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows the endpoints that a test puts there. */
final class FixedEndpoints implements HostedEndpoints {
  private final Map<EndpointName, Hosted> endpoints = new ConcurrentHashMap<>();

  @Override
  public Optional<Hosted> find(EndpointName name) {
    return Optional.ofNullable(endpoints.get(name));
  }

  FixedEndpoints put(String name, URI container, String... components) {
    return put(name, Status.IN_SERVICE, container, Optional.empty(), components);
  }

  FixedEndpoints put(
      String name, Status status, URI container, Optional<String> reason, String... components) {
    EndpointName key = new EndpointName(name);
    endpoints.put(key, new Hosted(key, status, container, List.of(components), reason));
    return this;
  }

  void remove(String name) {
    endpoints.remove(new EndpointName(name));
  }
}
