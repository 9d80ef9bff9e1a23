package dev.slipway.local;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** A server that runs already, behind a hop that speaks to it as a container is spoken to. */
final class ProxyContainer implements Container {
  private final ProxyHop hop;
  private final URI address;

  private ProxyContainer(ProxyHop hop, URI address) {
    this.hop = hop;
    this.address = address;
  }

  /** Starts the hop; whether the server behind it answers is not known yet. */
  static ProxyContainer start(ContainerSpec.Proxy spec, HttpClient client, ContainerLog log) {
    ProxyHop hop = new ProxyHop(new UpstreamProbe(spec.server(), client), client, log::add);
    return new ProxyContainer(hop, URI.create("http://localhost:" + hop.start()));
  }

  @Override
  public URI address() {
    return address;
  }

  @Override
  public Optional<String> unhealthy() {
    return hop.unhealthy();
  }

  @Override
  public Optional<End> awaitEnd(Duration wait) throws InterruptedException {
    Thread.sleep(wait);
    return Optional.empty();
  }

  @Override
  public boolean restartable() {
    return false;
  }

  @Override
  public void close() {
    hop.close();
  }
}
