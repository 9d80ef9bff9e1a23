package dev.slipway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.OperationFailed;
import dev.slipway.image.ImageBuilder;
import dev.slipway.image.jib.JibBuilder;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelRegistry;
import dev.slipway.plan.Synthesizer;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import dev.slipway.trace.TraceLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the command line in this process, with nothing behind it that starts or listens. */
final class CommandLineFixture {
  private final Path home;
  private final Adapters adapters;
  private final Map<String, String> environment = new HashMap<>();

  CommandLineFixture(Path home) {
    this(home, new Unreachable());
  }

  /** Makes one that has registries of models behind it, and nothing else. */
  CommandLineFixture(Path home, ModelRegistry models) {
    this(home, new Unreachable(Optional.of(models)));
  }

  CommandLineFixture(Path home, Adapters adapters) {
    this.home = home;
    this.adapters = adapters;
    environment.put("SLIPWAY_HOME", home.toString());
  }

  /** What a command left. */
  record Result(int exitCode, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }

  Result run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var console = new Console(new PrintWriter(out), new PrintWriter(err), environment, false);
    int code =
        Main.run(
            new Surroundings(
                console,
                environment,
                Home.of(environment),
                new Distribution(Optional.of(Path.of("..").toAbsolutePath().normalize())),
                adapters),
            arguments);
    return new Result(code, out.toString(), err.toString());
  }

  /** Sets a variable of the environment. */
  void set(String name, String value) {
    environment.put(name, value);
  }

  Path home() {
    return home;
  }

  /** Stands for a machine on which nothing can be started. */
  private record Unreachable(Optional<ModelRegistry> models) implements Adapters {
    Unreachable() {
      this(Optional.empty());
    }

    @Override
    public ModelRegistry models(Path cache, Optional<String> region) {
      return models.orElseThrow(Unreachable::unreachable);
    }

    @Override
    public LocalTarget host(LocalTarget.Settings settings) {
      throw unreachable();
    }

    @Override
    public LocalEngine engine(EndpointName name, ContainerSpec container, StateFolder folder) {
      throw unreachable();
    }

    @Override
    public ImageBuilder images(Path cache) {
      return new JibBuilder(cache);
    }

    @Override
    public Service serve(ServiceSettings settings) {
      throw unreachable();
    }

    @Override
    public IndexReport index(
        PassagePlace place,
        Path base,
        PassageSize size,
        List<Path> paths,
        String collection,
        IndexProgress progress) {
      throw unreachable();
    }

    @Override
    public void read(PassagePlace place) {
      throw unreachable();
    }

    @Override
    public Cloud cloud(Optional<String> region) {
      throw unreachable();
    }

    @Override
    public Synthesizer synthesizer(Path cache) {
      throw unreachable();
    }

    @Override
    public Pace pace() {
      return Pace.real();
    }

    @Override
    public dev.slipway.access.KeyStore keys(String secret, Optional<String> region) {
      throw unreachable();
    }

    @Override
    public dev.slipway.rag.Embedder embedder() {
      throw unreachable();
    }

    @Override
    public TraceLog traces(Path file) {
      throw unreachable();
    }

    private static OperationFailed unreachable() {
      return new OperationFailed("unreachable", "Nothing can be started", "", "Do not try.");
    }
  }
}
