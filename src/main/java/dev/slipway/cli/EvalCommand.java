package dev.slipway.cli;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.eval.Comparison;
import dev.slipway.eval.EvalQuestion;
import dev.slipway.eval.Evaluation;
import dev.slipway.eval.Gate;
import dev.slipway.eval.HtmlReport;
import dev.slipway.eval.QuestionFile;
import dev.slipway.eval.Report;
import dev.slipway.eval.ReportDocument;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.plan.AnsweringModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway eval}. */
@Command(
    name = "eval",
    description = {
      "Asks the running service questions with known sources and answers, and measures what comes"
          + " back: recall, MRR, nDCG, answer overlap, faithfulness, latency.",
      "For a deployment in the cloud, its service on ECS is asked if it can be reached and a key is"
          + " at hand; else a service of this process, over its endpoint."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway eval questions.jsonl --html report.html",
      "  slipway eval questions.jsonl --gate recall=0.9,p95=2s    exit code 8 if it is missed",
      "  slipway eval questions.jsonl --url https://chat.example --key-from CHAT_KEY",
      "  slipway eval questions.jsonl --json > today.json",
      "  slipway eval questions.jsonl --baseline yesterday.json"
    })
final class EvalCommand extends SlipwayAction {
  @Mixin private LocalOptions deployment = new LocalOptions();

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Parameters(paramLabel = "FILE", description = "questions: JSON lines, or a YAML list")
  private Path file = Path.of("");

  @Option(
      names = "--gate",
      paramLabel = "EXPR",
      description = "what must be reached: recall=0.9,p95=2s; docs/evaluating.md lists the names")
  private @Nullable String gate;

  @Option(names = "--html", paramLabel = "FILE", description = "write a report with plots there")
  private @Nullable Path html;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "say what got better or worse since this run, which --json printed")
  private @Nullable Path baseline;

  @Option(names = "-k", paramLabel = "N", description = "how many passages (default: rag.k)")
  private @Nullable Integer k;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "4",
      description = "how many questions at once (default: ${DEFAULT-VALUE})")
  private int concurrency;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "how long one question may take, waits for a busy service included (default:"
              + " ${DEFAULT-VALUE})")
  private int patience;

  EvalCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    within("--concurrency", concurrency, 256);
    within("--patience", patience, 86_400);
    if (k != null) {
      within("-k", k, 100);
    }
    Gate wanted = gate == null ? Gate.none() : Gate.parse(gate);
    List<EvalQuestion> questions = QuestionFile.read(file);
    Report report = report(questions);
    List<Gate.Verdict> verdicts = wanted.judge(report);
    Optional<Comparison> compared =
        Optional.ofNullable(baseline).map(earlier -> Comparison.of(report, earlier));
    if (html != null) {
      write(html, HtmlReport.of(String.valueOf(file.getFileName()), report, verdicts, compared));
    }
    if (json()) {
      console().json(ReportDocument.of(report, verdicts, compared));
    } else {
      new EvalText(console(), report).print(verdicts, compared);
    }
    List<Gate.Verdict> missed = verdicts.stream().filter(each -> !each.passed()).toList();
    if (!missed.isEmpty()) {
      console().plain(console().red("error:") + " the gate is not reached:");
      missed.forEach(each -> console().plain("  " + each.sentence()));
    }
    console()
        .plain(
            html == null
                ? "See each question: slipway eval " + file + " --html report.html"
                : "See each question: open " + html);
    return missed.isEmpty() ? ExitCode.DONE : ExitCode.GATE_FAILED;
  }

  private static void within(String option, int number, int most) {
    if (number < 1 || number > most) {
      throw new UsageFailure(
          "Cannot use " + option + " " + number,
          "it must be 1 to " + most,
          "See `slipway eval --help`.");
    }
  }

  private Report report(List<EvalQuestion> questions) {
    Optional<String> address = service.address();
    if (address.isPresent()) {
      return ask(questions, address.get(), key(() -> key(deployment.choose(surroundings()))));
    }
    var target = deployment.cloud(surroundings());
    if (target.isPresent()) {
      return inTheCloud(questions, target.get());
    }
    var chosen = deployment.choose(surroundings());
    return ask(questions, chosen.running().addresses().api(), key(() -> key(chosen)));
  }

  private Report inTheCloud(List<EvalQuestion> questions, CloudTarget target) {
    var selection = deployment.selection(surroundings());
    if (selection.isEmpty()) {
      throw new UsageFailure(
          "Cannot evaluate \"" + target.name() + "\" in the cloud by its name alone",
          "its manifest says how passages are retrieved and prompts made",
          "Choose it by its manifest (-f), or give the address of its service (--url).");
    }
    Manifest manifest = selection.get().manifest();
    try (Cloud cloud = target.open(surroundings())) {
      Optional<URI> deployed = DeployedService.of(cloud, target.names());
      if (deployed.isPresent()) {
        var answer =
            new HttpProbe(surroundings().environment(), surroundings().adapters().pace())
                .ask(manifest, deployed.get());
        if (service.reached(answer.reach())) {
          Optional<String> key =
              key(
                  () ->
                      manifest
                          .api()
                          .keys()
                          .flatMap(
                              secret -> ApiKeySecret.any(secret, surroundings().environment())));
          console().say("Asking the service at " + deployed.get() + ".");
          return ask(questions, deployed.get().toString(), key);
        }
        console().say("The service at " + deployed.get() + " is not asked: " + answer.detail());
      }
      var own = OwnService.of(surroundings(), selection.get());
      if (AnsweringModel.of(manifest).beside()) {
        console().say("Asking a service of this process, with the model that answers beside it.");
        return own.withItsModel(
            OwnService.bucket(cloud, target.names()),
            (address, key) -> ask(questions, address, Optional.of(key)));
      }
      var endpoint = target.endpoint(cloud);
      console().say("Asking " + endpoint + " through a service of this process.");
      return own.with(
          endpoint,
          target.component(cloud, endpoint),
          OwnService.bucket(cloud, target.names()),
          (address, key) -> ask(questions, address, Optional.of(key)));
    }
  }

  private Optional<String> key(Supplier<Optional<String>> otherwise) {
    return service.key(surroundings(), otherwise);
  }

  private Optional<String> key(LocalOptions.Chosen chosen) {
    return chosen.keys().flatMap(secret -> ApiKeySecret.any(secret, surroundings().environment()));
  }

  private Report ask(List<EvalQuestion> questions, String address, Optional<String> key) {
    OptionalInt passages = k == null ? OptionalInt.empty() : OptionalInt.of(k);
    try (var client =
            new RagClient(
                address,
                key,
                passages,
                Duration.ofSeconds(patience),
                surroundings().adapters().pace());
        var progress = new EvalProgress(console(), questions.size())) {
      return new Evaluation(client, surroundings().adapters().embedder(), concurrency)
          .run(questions, progress::done);
    }
  }

  private static void write(Path place, String page) {
    try {
      Files.writeString(place, page);
    } catch (IOException e) {
      throw new OperationFailed(
          "report_not_written",
          "Cannot write " + place,
          String.valueOf(e.getMessage()),
          "Give a place in a folder that exists and can be written to.",
          false,
          e);
    }
  }
}
