package dev.slipway.hub;

import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A user's machine that asks a stand-in for the Hub, whose waits take no time. */
final class HubHouse {

  static final String COMMIT = "1".repeat(40);
  static final String LATER = "2".repeat(40);

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  final List<String> notices = Collections.synchronizedList(new ArrayList<>());
  final Clock clock = new Clock();
  private Duration patience = Duration.ofSeconds(20);

  HubHouse(HubStandIn hub, Path folder) {
    this.folder = folder;
    environment.put("HOME", folder.toString());
    environment.put("HF_ENDPOINT", hub.endpoint());
  }

  HubHouse with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Lets nothing wait longer for the next byte. */
  HubHouse patient(Duration most) {
    patience = most;
    return this;
  }

  /** Returns the cache that the Hub's tools share. */
  Path cache() {
    return folder.resolve(".cache/huggingface/hub");
  }

  Path repository() {
    return cache().resolve("models--org--name");
  }

  HubSettings settings() {
    HubSettings read = HubSettings.of(environment);
    return new HubSettings(read.endpoint(), read.token(), read.cache(), read.offline(), patience);
  }

  /** Returns a registry that has learned nothing but what is on the disk. */
  HubRegistry registry() {
    return registry(clock);
  }

  /** Returns one that goes by a clock of choice: waiting for others takes real time. */
  HubRegistry registry(Waiting waiting) {
    Path own = folder.resolve("slipway");
    return new HubRegistry(this::settings, own, new HashCache(own), notices::add, waiting);
  }

  static ModelSpec model() {
    return model("main");
  }

  static ModelSpec model(String revision) {
    return new ModelSpec(ModelSource.parse("hf://org/name"), revision, List.of(), Set.of());
  }

  /** Waits at once, and remembers how long it would have taken. */
  static final class Clock implements Waiting {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Instant now() {
      return now;
    }

    @Override
    public synchronized void pause(Duration duration) {
      now = now.plus(duration);
    }

    Duration waited() {
      return Duration.between(Instant.parse("2026-01-01T00:00:00Z"), now());
    }
  }
}
