package dev.slipway.cli;

import dev.slipway.deploy.AnswerGate;
import dev.slipway.deploy.Deployment;
import dev.slipway.eval.EvalQuestion;
import dev.slipway.eval.Evaluation;
import dev.slipway.eval.Gate;
import dev.slipway.eval.Measure;
import dev.slipway.eval.QuestionFile;
import dev.slipway.eval.Report;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.Interrupted;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks a new revision the questions of {@code eval.questions}, and holds it to their gate.
 *
 * @param file of the questions
 * @param key to ask a deployed service with; absent where none is at hand, or none is deployed
 * @param repeated the options that choose the manifest, for commands to suggest
 */
record DeployGate(
    Surroundings surroundings,
    ManifestOptions.Selection selection,
    Path file,
    List<EvalQuestion> questions,
    Gate gate,
    Optional<String> key,
    String repeated)
    implements AnswerGate {
  private static final int CONCURRENCY = 4;

  /** How long one question may take: a model that has just been loaded answers slowly at first. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /**
   * Reads a manifest's gate, so that what is wrong with it shows before anything is deployed.
   *
   * @param repeated the options that choose the manifest, for commands to suggest
   * @throws Failure if the questions or the gate can't be used, or if neither a key of the service
   *     is at hand nor anything was indexed here
   */
  static AnswerGate of(
      Surroundings surroundings, ManifestOptions.Selection selection, String repeated) {
    Manifest manifest = selection.manifest();
    Optional<String> questions = manifest.eval().questions();
    if (questions.isEmpty()) {
      return AnswerGate.none();
    }
    Path file = manifest.folder().resolve(questions.get());
    var gate =
        new DeployGate(
            surroundings,
            selection,
            file,
            QuestionFile.read(file),
            Gate.parse(manifest.eval().gate()),
            manifest
                .api()
                .keys()
                .filter(_ -> manifest.api().host() == ApiSpec.Host.FARGATE)
                .flatMap(secret -> ApiKeySecret.any(secret, surroundings.environment())),
            repeated);
    if (!gate.mayAskServices()) {
      gate.own();
    }
    return gate;
  }

  private OwnService own() {
    return OwnService.of(surroundings, selection);
  }

  @Override
  public boolean mayAskServices() {
    return key.isPresent();
  }

  @Override
  public Optional<Judgement> judge(Asked asked) {
    Report report;
    try {
      report = report(asked);
    } catch (Interrupted stopped) {
      throw stopped;
    } catch (Failure failure) {
      throw failed(
          subject(asked) + " but its answers could not be judged", failure.sentences(), failure);
    }
    List<Gate.Verdict> verdicts = gate.judge(report);
    List<Gate.Verdict> missed = verdicts.stream().filter(each -> !each.passed()).toList();
    if (!missed.isEmpty()) {
      throw failed(
          subject(asked) + " but its answers don't reach eval.gate", sentences(missed) + ".", null);
    }
    String told =
        "The answers to "
            + (questions.size() == 1 ? "1 question" : questions.size() + " questions")
            + " reach their gate: "
            + sentences(verdicts)
            + ". Asked was "
            + switch (asked) {
              case Asked.Service(var url) -> "the service at " + url + ".";
              case Asked.Endpoint endpoint ->
                  "the endpoint \"" + endpoint.name() + "\", through a service of this process.";
              case Asked.Beside _ -> "a service of this process, with the same model and index.";
            };
    return Optional.of(new Judgement(told, document(asked, report, verdicts)));
  }

  private static String subject(Asked asked) {
    return switch (asked) {
      case Asked.Service(var url) -> "The service at " + url + " is deployed,";
      case Asked.Endpoint endpoint -> "\"" + endpoint.name() + "\" is in service,";
      case Asked.Beside _ -> "The model answers on this machine,";
    };
  }

  private Report report(Asked asked) {
    return switch (asked) {
      case Asked.Service(var url) -> ask(url.toString(), key.orElseThrow());
      case Asked.Endpoint(var name, var component, var bucket) ->
          own().with(name, component, Optional.of(bucket), this::ask);
      case Asked.Beside(var bucket) -> own().withItsModel(Optional.of(bucket), this::ask);
    };
  }

  private Report ask(String address, String with) {
    try (var client =
        new RagClient(
            address,
            Optional.of(with),
            OptionalInt.empty(),
            PATIENCE,
            surroundings.adapters().pace())) {
      return new Evaluation(client, surroundings.adapters().embedder(), CONCURRENCY)
          .run(questions, _ -> {});
    }
  }

  private static Deployment.Eval document(Asked asked, Report report, List<Gate.Verdict> verdicts) {
    Map<String, Double> measures = new LinkedHashMap<>();
    for (Measure measure : Measure.values()) {
      report.figure(measure).ifPresent(figure -> measures.put(measure.key(), figure.mean()));
    }
    return new Deployment.Eval(
        switch (asked) {
          case Asked.Service _ -> "service";
          case Asked.Endpoint _ -> "endpoint";
          case Asked.Beside _ -> "model";
        },
        report.questions(),
        report.failed(),
        measures,
        verdicts.stream()
            .map(
                verdict ->
                    new Deployment.Condition(
                        verdict.condition().name(),
                        verdict.condition().reach(),
                        // What isn't measured isn't passed, and never comes here.
                        verdict.value().orElseThrow(),
                        verdict.passed()))
            .toList());
  }

  private GateFailed failed(String what, String why, @Nullable Failure cause) {
    return new GateFailed(
        "eval_failed",
        what,
        why,
        "See each question with `slipway eval "
            + file
            + repeated
            + " --target aws --html report.html`; `slipway rollback"
            + repeated
            + "` puts back the revision before, and deploying again repeats the test.",
        cause);
  }

  private static String sentences(List<Gate.Verdict> verdicts) {
    return verdicts.stream().map(Gate.Verdict::sentence).collect(Collectors.joining("; "));
  }
}
