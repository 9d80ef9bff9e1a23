package dev.slipway.plan;

import dev.slipway.failure.Refused;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.plan.Blueprint.Service;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Decides what the business layer on ECS is made of, as far as the manifest says it. */
public final class ServiceDesign {
  private static final int HTTPS = 443;

  /** A manifest may leave the port to the machine; a load balancer has to know it. */
  private static final int PORT = 8000;

  private ServiceDesign() {}

  /**
   * Returns the service; absent where the manifest runs it elsewhere.
   *
   * @param model what answers beside it; absent where an endpoint does
   * @throws Refused if a load balancer could not reach it
   */
  public static Optional<Service> of(
      Manifest manifest, ResourceNames names, Optional<Blueprint.Beside> model) {
    ApiSpec api = manifest.api();
    if (api.host() != ApiSpec.Host.FARGATE) {
      return Optional.empty();
    }
    insistOnHttpBehindTheBalancer(api);
    Map<String, String> secrets = new TreeMap<>();
    Set<Integer> reaches = new TreeSet<>(Set.of(HTTPS));
    boolean indexed =
        switch (manifest.rag().store()) {
          case RagSpec.Store.Embedded _ -> true;
          case RagSpec.Store.Qdrant qdrant -> {
            secrets.put(qdrant.key().variable(), qdrant.key().name());
            reaches.add(port(qdrant.url()));
            yield false;
          }
        };
    manifest.trace().export().ifPresent(collector -> reaches.add(port(collector)));
    api.access().jwt().ifPresent(jwt -> reaches.add(port(jwt.issuer())));
    return Optional.of(
        new Service(
            api.fargate(),
            api.port() == 0 ? PORT : api.port(),
            api.limits().deadline(),
            indexed,
            model.isPresent() ? List.of() : endpoints(api, names),
            model,
            api.keys().map(secret -> secret.name()),
            secrets,
            List.copyOf(reaches)));
  }

  private static List<String> endpoints(ApiSpec api, ResourceNames names) {
    List<String> endpoints = new ArrayList<>(List.of(names.endpoint().value()));
    api.fallback().filter(name -> !endpoints.contains(name)).ifPresent(endpoints::add);
    return endpoints;
  }

  /** The load balancer ends TLS, and asks tasks in HTTP: one that wants TLS is never healthy. */
  private static void insistOnHttpBehindTheBalancer(ApiSpec api) {
    if (api.access().tls().isPresent()) {
      throw new Refused(
          "tls_behind_balancer",
          "Cannot run the service on Fargate with api.tls",
          "the load balancer in front of it ends TLS.",
          "Remove api.tls, and set api.fargate.load_balancer.certificate.");
    }
  }

  private static int port(URI address) {
    if (address.getPort() > 0) {
      return address.getPort();
    }
    return "http".equals(address.getScheme()) ? 80 : HTTPS;
  }
}
