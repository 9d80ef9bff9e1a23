package dev.slipway.cli;

import dev.slipway.deploy.AnswerGate;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.eval.EvalQuestion;
import dev.slipway.eval.Evaluation;
import dev.slipway.eval.Gate;
import dev.slipway.eval.QuestionFile;
import dev.slipway.eval.Report;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.Interrupted;
import dev.slipway.manifest.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Asks a new revision the questions of {@code eval.questions}, and holds it to their gate. */
final class DeployGate implements AnswerGate {
  private static final int CONCURRENCY = 4;

  /** How long one question may take: a model that has just been loaded answers slowly at first. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Surroundings surroundings;
  private final Path file;
  private final List<EvalQuestion> questions;
  private final Gate gate;
  private final OwnService service;
  private final String repeated;

  private DeployGate(
      Surroundings surroundings, Path file, Gate gate, OwnService service, String repeated) {
    this.surroundings = surroundings;
    this.file = file;
    this.questions = QuestionFile.read(file);
    this.gate = gate;
    this.service = service;
    this.repeated = repeated;
  }

  /**
   * Reads a manifest's gate, so that what is wrong with it shows before anything is deployed.
   *
   * @param repeated the options that choose the manifest, for commands to suggest
   * @throws Failure if the questions or the gate can't be used, or nothing was indexed here
   */
  static AnswerGate of(
      Surroundings surroundings, ManifestOptions.Selection selection, String repeated) {
    Manifest manifest = selection.manifest();
    Optional<String> questions = manifest.eval().questions();
    if (questions.isEmpty()) {
      return AnswerGate.none();
    }
    return new DeployGate(
        surroundings,
        manifest.folder().resolve(questions.get()),
        Gate.parse(manifest.eval().gate()),
        OwnService.of(surroundings, selection),
        repeated);
  }

  @Override
  public Optional<String> judge(EndpointName endpoint, Optional<String> component, String bucket) {
    List<Gate.Verdict> verdicts = gate.judge(report(endpoint, component, bucket));
    List<Gate.Verdict> missed = verdicts.stream().filter(each -> !each.passed()).toList();
    if (!missed.isEmpty()) {
      throw failed(
          "\"" + endpoint + "\" is in service, but its answers don't reach eval.gate",
          sentences(missed) + ".",
          null);
    }
    return Optional.of(
        "The answers to "
            + (questions.size() == 1 ? "1 question" : questions.size() + " questions")
            + " reach their gate: "
            + sentences(verdicts)
            + ".");
  }

  private Report report(EndpointName endpoint, Optional<String> component, String bucket) {
    try {
      return service.with(
          endpoint,
          component,
          Optional.of(bucket),
          (address, key) -> {
            try (var client =
                new RagClient(
                    address,
                    Optional.of(key),
                    OptionalInt.empty(),
                    PATIENCE,
                    surroundings.adapters().pace())) {
              return new Evaluation(client, surroundings.adapters().embedder(), CONCURRENCY)
                  .run(questions, _ -> {});
            }
          });
    } catch (Interrupted stopped) {
      throw stopped;
    } catch (Failure failure) {
      throw failed(
          "\"" + endpoint + "\" is in service, but its answers could not be judged",
          failure.sentences(),
          failure);
    }
  }

  private GateFailed failed(
      String what, String why, @org.jspecify.annotations.Nullable Failure cause) {
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
