package dev.slipway.cli;

import dev.slipway.access.KeyStore;
import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.aws.AwsCloud;
import dev.slipway.aws.AwsModels;
import dev.slipway.aws.SecretKeys;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.synthesis.ChildSynthesizer;
import dev.slipway.deploy.synthesis.InfraApp;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.Failure;
import dev.slipway.hub.FileRegistry;
import dev.slipway.hub.HashCache;
import dev.slipway.hub.HubRegistry;
import dev.slipway.hub.HubSettings;
import dev.slipway.image.ImageBuilder;
import dev.slipway.image.jib.JibBuilder;
import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.Registries;
import dev.slipway.plan.Synthesizer;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.index.DocumentLimits;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.Indexer;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.PassageStores;
import dev.slipway.trace.SqliteTraces;
import dev.slipway.trace.TraceLog;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** Wires the command line by hand, and turns what a command throws into an exit code. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    Home home = Home.of(environment);
    // Where the embedder's tokenizer unpacks its native library; its own choice is ~/.djl.ai.
    System.setProperty("ENGINE_CACHE_DIR", home.cache().resolve("natives").toString());
    var console = new Console(writer(System.out), writer(System.err), environment, isTerminal());
    TrustedAuthorities.trust(environment, console);
    var distribution = Distribution.ofLauncher();
    var adapters = new Built(environment, console, distribution);
    var surroundings = new Surroundings(console, environment, home, distribution, adapters);
    int code = run(surroundings, arguments);
    console.out().flush();
    console.err().flush();
    System.exit(code);
  }

  /** Runs one command in the surroundings given, and returns its exit code. */
  static int run(Surroundings surroundings, String... arguments) {
    Console console = surroundings.console();
    boolean json = Arrays.asList(arguments).contains("--json");
    return SlipwayCommand.line(new Factory(surroundings), arguments)
        .setOut(console.out())
        .setErr(console.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (e, _) -> {
              FailureReport.print(console, BadArguments.of(e), json);
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (e, _, _) -> {
              Failure failure = e instanceof Failure f ? f : Unexpected.of(e);
              FailureReport.print(console, failure, json);
              return ExitCode.of(failure);
            })
        .execute(arguments);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
  }

  /** Since JDK 22 a console exists even without a terminal: it has to be asked. */
  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal).isPresent();
  }

  /** Gives each command its surroundings. */
  private record Factory(Surroundings surroundings) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (SlipwayAction.class.isAssignableFrom(type)) {
        Constructor<K> constructor = type.getDeclaredConstructor(Surroundings.class);
        return constructor.newInstance(surroundings);
      }
      return CommandLine.defaultFactory().create(type);
    }
  }

  /** Makes the adapters; nothing else in the command line names their classes. */
  private record Built(Map<String, String> environment, Console console, Distribution distribution)
      implements Adapters {
    @Override
    public ModelRegistry models(Path cache, Optional<String> region) {
      var hashes = new HashCache(cache);
      var files = new FileRegistry(hashes);
      var hub = new HubRegistry(() -> HubSettings.of(environment), cache, hashes, console::say);
      var aws = new AwsModels(region, environment, cache);
      return new Registries(files, hub, aws.prefixes(), aws.packages());
    }

    @Override
    public LocalTarget host(LocalTarget.Settings settings) {
      return LocalTarget.start(settings);
    }

    @Override
    public LocalEngine engine(EndpointName name, ContainerSpec container, StateFolder folder) {
      return LocalEngine.start(name, container, folder);
    }

    @Override
    public ImageBuilder images(Path cache) {
      return new JibBuilder(cache.resolve("images"));
    }

    @Override
    public Service serve(ServiceSettings settings) {
      return dev.slipway.api.Main.start(settings);
    }

    @Override
    public IndexReport index(
        PassagePlace place,
        Path base,
        PassageSize size,
        List<Path> paths,
        String collection,
        IndexProgress progress) {
      var embedder = new BgeSmallEmbedder();
      try (var store = PassageStores.open(place, VectorSpace.of(embedder))) {
        return new Indexer(store, embedder, base, size, DocumentLimits.standard())
            .index(paths, collection, progress);
      }
    }

    @Override
    public void read(PassagePlace place) {
      try (var store = PassageStores.open(place, VectorSpace.of(new BgeSmallEmbedder()))) {
        store.values(List.of("docs"), "source", Map.of(), 1);
      }
    }

    @Override
    public Cloud cloud(Optional<String> region) {
      return AwsCloud.open(region, environment);
    }

    @Override
    public Synthesizer synthesizer(Path cache) {
      return (manifest, lock, region) ->
          new ChildSynthesizer(InfraApp.of(distribution.folder()), cache, environment)
              .synthesize(manifest, lock, region);
    }

    @Override
    public Pace pace() {
      return Pace.real();
    }

    @Override
    public KeyStore keys(String secret, Optional<String> region) {
      return new SecretKeys(secret, region, environment);
    }

    @Override
    public Embedder embedder() {
      return new BgeSmallEmbedder();
    }

    @Override
    public TraceLog traces(Path folder) {
      return SqliteTraces.reading(folder);
    }
  }
}
