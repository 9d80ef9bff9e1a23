package dev.slipway.local.runtime;

import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectUri;
import java.nio.file.Path;

/** A runtime and an object store on free ports, in front of one stand-in container. */
final class RunningRuntime implements AutoCloseable {
  static final ObjectUri OUTPUT = new ObjectUri("slipway-async", "answers/");

  final StandInContainer container;
  final FixedEndpoints endpoints = new FixedEndpoints();
  final ObjectServer objects;
  final RuntimeServer runtime;

  RunningRuntime(Path folder, RuntimeLimits limits, StandInContainer.Behaviour behaviour) {
    container = new StandInContainer(behaviour);
    endpoints.put("chat", container.url());
    objects = ObjectServer.start(folder.resolve("s3"), 0);
    runtime =
        RuntimeServer.start(endpoints, objects.store(), OUTPUT, limits, 0, folder.resolve("async"));
  }

  @Override
  public void close() {
    runtime.close();
    objects.close();
    container.close();
  }
}
