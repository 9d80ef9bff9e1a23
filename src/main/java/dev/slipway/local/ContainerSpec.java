package dev.slipway.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** Says what plays the container of a local endpoint. */
public sealed interface ContainerSpec {

  /**
   * llama.cpp in a child JVM.
   *
   * @param gguf the model
   * @param parallel requests answered at the same time, at least 1
   * @param context tokens of one request; 0 means the model's own, at most 4,096
   * @param environment variables of the process, added to the few that it gets anyway
   */
  record Embedded(Path gguf, int parallel, int context, Map<String, String> environment)
      implements ContainerSpec {
    /** Copies the environment. */
    public Embedded {
      environment = Map.copyOf(environment);
      if (parallel < 1 || context < 0) {
        throw new IllegalArgumentException("parallel must be at least 1, context at least 0");
      }
    }
  }

  /**
   * A container or server that already runs on this machine; it is neither started nor stopped.
   *
   * @param server {@code http://host:port}, with a path prefix if it has one
   */
  record Proxy(URI server) implements ContainerSpec {}
}
