package dev.slipway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.bench.Address;
import dev.slipway.bench.Load;
import dev.slipway.bench.LoadReport;
import dev.slipway.bench.LoadRun;
import dev.slipway.bench.Objectives;
import dev.slipway.bench.Pace;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway bench}. */
@Command(
    name = "bench",
    description = {
      "Puts a running service under load, and reports what its callers see: throughput, goodput,"
          + " time to first token (ttft), per token (tpot), between tokens (itl), to the end"
          + " (e2el).",
      "With --rate it is an open loop: each time counts from when the request was due, whether or"
          + " not the service was ready for it. Else --concurrency clients ask in a closed loop."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway bench --stream",
      "  slipway bench --rate 20 --goodput ttft:500,e2el:2000",
      "  slipway bench http://127.0.0.1:8080/v1/chat/completions --stream --concurrency 16 --json"
    })
final class BenchCommand extends SlipwayAction {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RAG = "/rag";
  private static final String CHAT = "/v1/chat/completions";
  private static final Duration CONNECT = Duration.ofSeconds(5);

  @Mixin private LocalOptions deployment = new LocalOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description =
          "what to ask, at "
              + RAG
              + " or "
              + CHAT
              + " (default: "
              + RAG
              + " of the running service)")
  private @Nullable String url;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "requests per second, whatever became of those before")
  private @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "SPREAD",
      defaultValue = "poisson",
      description = "with --rate: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Arrivals arrivals = Arrivals.poisson;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "makes the same arrivals again (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "how many at once: clients (default: 1), or with --rate at most (default: 1000)")
  private @Nullable Integer concurrency;

  @Option(names = "--requests", paramLabel = "N", description = "stop after so many")
  private @Nullable Long requests;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "stop asking after so long (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "ask so long before anything counts (default: ${DEFAULT-VALUE})")
  private double warmUp;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "give an answer up after so long (default: ${DEFAULT-VALUE})")
  private double timeout;

  @Option(names = "--stream", description = "ask for streamed answers")
  private boolean stream;

  @Option(
      names = "--goodput",
      paramLabel = "LIMITS",
      description = "count as good what keeps these, in ms: ttft:500,tpot:50,e2el:2000")
  private @Nullable String goodput;

  @Option(
      names = "--question",
      paramLabel = "TEXT",
      description = "what to ask; may be repeated: they are asked in turn")
  private List<String> questions = new ArrayList<>();

  @Option(names = "--questions", paramLabel = "FILE", description = "a file of them, one a line")
  private @Nullable Path file;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "with " + CHAT + ": which model (default: the first of /v1/models)")
  private @Nullable String model;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "with " + CHAT + ": how long an answer may be")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--key-from",
      paramLabel = "VARIABLE",
      description = "the environment variable that holds the API key (default: the manifest's)")
  private @Nullable String keyFrom;

  BenchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /** How arrivals are spread. */
  enum Arrivals {
    constant,
    poisson
  }

  @Override
  public Integer call() {
    Pace pace = pace();
    Optional<Objectives> objectives = Optional.ofNullable(goodput).map(this::objectives);
    List<String> asked = questions();
    Target target = target();
    Map<String, String> headers = new LinkedHashMap<>();
    target.key().ifPresent(key -> headers.put("Authorization", "Bearer " + key));
    Duration time = time("--duration", seconds, false);
    Load load =
        new Load(
            target.address(),
            headers,
            asked.stream().map(question -> body(target, question)).toList(),
            pace,
            requests == null ? OptionalLong.empty() : OptionalLong.of(positive(requests)),
            time,
            time("--warmup", warmUp, true),
            time("--timeout", timeout, false),
            objectives,
            (_, _) -> true);
    console().say("Asking " + target.address() + " for up to " + time.toSeconds() + " s ...");
    LoadReport report = LoadRun.run(load);
    if (json()) {
      console().json(report.document());
    } else {
      report.table().forEach(console()::data);
    }
    if (report.successful() == 0) {
      throw new OperationFailed(
          "bench_failed",
          "No request to " + target.address() + " was answered",
          why(report),
          report.unreached() > 0
              ? "Look whether it runs, and whether its address is right."
              : "Ask it once yourself: slipway ask, or curl; 429 and 503 say that it has enough to"
                  + " do.");
    }
    return ExitCode.DONE;
  }

  private static String why(LoadReport report) {
    if (report.notes().isEmpty()) {
      return "none was due in that time.";
    }
    return "they ended: "
        + report.notes()
        + (report.unreached() == 0
            ? ""
            : "; nothing took "
                + report.unreached()
                + (report.unreached() == 1 ? " connection" : " connections")
                + ", and in a closed loop a client waits up to a second after each");
  }

  /**
   * What is asked.
   *
   * @param key to ask with; absent for a service that needs none
   */
  private record Target(Address address, Optional<String> key) {
    boolean chat() {
      return address.path().startsWith(CHAT);
    }
  }

  private Target target() {
    if (url != null) {
      return new Target(address(url), key(Optional.empty()));
    }
    if (deployment.cloud(surroundings()).isPresent()) {
      throw new UsageFailure(
          "Cannot put that under load",
          "it is in the cloud, where each question costs",
          "Give the address of its service: slipway bench https://...");
    }
    LocalOptions.Chosen chosen = deployment.choose(surroundings());
    return new Target(
        address(chosen.running().addresses().api().toString()),
        key(
            chosen
                .keys()
                .flatMap(secret -> ApiKeySecret.any(secret, surroundings().environment()))));
  }

  private static Address address(String text) {
    Address address;
    try {
      address = Address.of(text, RAG);
    } catch (IllegalArgumentException e) {
      throw new UsageFailure(
          "Cannot put \"" + text + "\" under load",
          String.valueOf(e.getMessage()),
          "Give the address of a service, such as http://127.0.0.1:8080" + RAG + ".");
    }
    if (!address.path().startsWith(RAG) && !address.path().startsWith(CHAT)) {
      throw new UsageFailure(
          "Cannot put " + address + " under load",
          "it answers no questions",
          "End the address in " + RAG + " or " + CHAT + ".");
    }
    return address;
  }

  private Optional<String> key(Optional<String> ofManifest) {
    return keyFrom == null
        ? ofManifest
        : Optional.of(ApiKeySecret.in(keyFrom, surroundings().environment()));
  }

  private Pace pace() {
    if (concurrency != null && concurrency < 1) {
      throw wrong("--concurrency must be at least 1");
    }
    if (rate == null) {
      return new Pace.Closed(concurrency == null ? 1 : concurrency);
    }
    try {
      return new Pace.Open(
          rate,
          switch (arrivals) {
            case constant -> Pace.Spread.CONSTANT;
            case poisson -> Pace.Spread.POISSON;
          },
          seed,
          concurrency == null ? 1000 : concurrency);
    } catch (IllegalArgumentException e) {
      throw wrong("--rate: " + e.getMessage());
    }
  }

  private Objectives objectives(String text) {
    try {
      return Objectives.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong("--goodput: " + e.getMessage());
    }
  }

  private List<String> questions() {
    List<String> all = new ArrayList<>(questions);
    if (file != null) {
      try (var lines = Files.lines(file)) {
        lines.map(String::strip).filter(line -> !line.isEmpty()).forEach(all::add);
      } catch (IOException | UncheckedIOException e) {
        throw new UsageFailure(
            "Cannot read the questions in " + file, String.valueOf(e.getMessage()), "Name a text.");
      }
    }
    return all.isEmpty() ? List.of("How do I stop a deployment?") : all;
  }

  private byte[] body(Target target, String question) {
    ObjectNode body = JSON.createObjectNode();
    if (target.chat()) {
      if (model == null) {
        model = firstModel(target);
      }
      body.put("model", model);
      body.putArray("messages").addObject().put("role", "user").put("content", question);
      if (maxTokens != null) {
        body.put("max_tokens", positive(maxTokens));
      }
      if (stream) {
        body.putObject("stream_options").put("include_usage", true);
      }
    } else {
      body.put("query", question);
    }
    return body.put("stream", stream).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String firstModel(Target target) {
    String chat = target.address().toString();
    String models = chat.substring(0, chat.indexOf(CHAT)) + "/v1/models";
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(models)).timeout(CONNECT);
    target.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    try (var client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode id = JSON.readTree(response.body()).path("data").path(0).path("id");
      if (response.statusCode() == 200 && id.isTextual()) {
        return id.asText();
      }
      throw noModel(models, "it answers HTTP " + response.statusCode(), null);
    } catch (IOException e) {
      throw noModel(models, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The load was stopped", "this process was told to stop.", "Run it again.");
    }
  }

  private static OperationFailed noModel(String models, String why, @Nullable Throwable cause) {
    return new OperationFailed(
        "bench_failed",
        "Cannot look for the model at " + models,
        why,
        "Name it: --model NAME; give a key, where one is needed: --key-from VARIABLE.",
        true,
        cause);
  }

  private static Duration time(String option, double seconds, boolean none) {
    if (!(seconds >= 0) || seconds > 1e6 || (seconds == 0 && !none)) {
      throw wrong(option + " must be a number of seconds" + (none ? "" : " above 0"));
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static long positive(long number) {
    if (number < 1) {
      throw wrong("--requests and --max-tokens must be at least 1");
    }
    return number;
  }

  private static UsageFailure wrong(String why) {
    return new UsageFailure("Cannot make that load", why, "See `slipway bench --help`.");
  }
}
