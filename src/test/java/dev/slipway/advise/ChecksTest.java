package dev.slipway.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.advise.Facts.Quota;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFacts;
import dev.slipway.plan.Design;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import dev.slipway.plan.Given;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static List<Finding> findings(String lines, Lock lock, Facts facts) {
    return Checks.findings(Given.manifest(lines), lock, Given.blueprint(lines, lock), facts);
  }

  private static List<Finding> findings(String lines, Lock lock) {
    return findings(lines, lock, Facts.none(NOW));
  }

  private static Finding only(List<Finding> findings, String code) {
    List<Finding> found = findings.stream().filter(each -> each.code().equals(code)).toList();
    assertThat(found).as(findings.toString()).hasSize(1);
    return found.getFirst();
  }

  private static Facts quota(String instance, double limit, double used, int running) {
    return new Facts(
        NOW,
        Map.of(instance, new Quota(OptionalDouble.of(limit), OptionalDouble.of(used))),
        Map.of(),
        Map.of(),
        Map.of(),
        OptionalInt.of(running));
  }

  private static final String G5 = "endpoint: {instance: ml.g5.2xlarge}\n";

  @Test
  void aGoodDeployHasNothingToWarnOf() {
    assertThat(
            findings(
                "expires: 8h\nendpoint: {instance: [ml.g5.2xlarge, ml.g6.2xlarge]}\n",
                Given.model(3),
                new Facts(
                    NOW,
                    Map.of("ml.g5.2xlarge", new Quota(OptionalDouble.of(9), OptionalDouble.of(0))),
                    Map.of("ml.g5.2xlarge", 1.6),
                    Map.of(),
                    Map.of(),
                    OptionalInt.empty())))
        .isEmpty();
  }

  /** Pain 5 of the field: quota 0 is discovered at deploy time. */
  @Test
  void aQuotaOfZeroRefusesBeforeAnythingIsCreated() {
    Finding finding =
        only(findings(G5, Given.model(3), quota("ml.g5.2xlarge", 0, 0, 0)), "quota_zero");

    assertThat(finding.severity()).isEqualTo(Severity.REFUSE);
    assertThat(finding.what()).contains("ml.g5.2xlarge", "us-east-1");
    assertThat(finding.why()).contains("it is 0", "needs 1");
    assertThat(finding.next()).contains("Ask for 1 in Service Quotas", "endpoint.instance");
  }

  @Test
  void whatOthersUseCountsAndWhatThisDeploymentUsesDoesNot() {
    assertThat(
            only(findings(G5, Given.model(3), quota("ml.g5.2xlarge", 2, 2, 0)), "quota_too_small")
                .severity())
        .isEqualTo(Severity.REFUSE);
    List<Finding> own = findings(G5, Given.model(3), quota("ml.g5.2xlarge", 2, 2, 2));
    assertThat(own).extracting(Finding::code).doesNotContain("quota_too_small");
    assertThat(only(own, "quota_tight_for_update").why()).contains("4 are needed", "leaves 2");
    assertThat(only(own, "quota_below_max").severity()).isEqualTo(Severity.WARN);
  }

  @Test
  void aQuotaOfZeroOfAFallbackIsAWarning() {
    List<Finding> findings =
        findings(
            "endpoint: {instance: [ml.g5.2xlarge, ml.g6.2xlarge]}\n",
            Given.model(3),
            new Facts(
                NOW,
                Map.of(
                    "ml.g5.2xlarge", new Quota(OptionalDouble.of(8), OptionalDouble.empty()),
                    "ml.g6.2xlarge", new Quota(OptionalDouble.of(0), OptionalDouble.empty())),
                Map.of(),
                Map.of(),
                Map.of(),
                OptionalInt.empty()));

    assertThat(only(findings, "quota_zero").severity()).isEqualTo(Severity.WARN);
  }

  @Test
  void answersThatCantBeUsedAndDeniedChecksOnlyWarn() {
    List<Finding> findings =
        findings(
            G5,
            Given.model(3),
            new Facts(
                NOW,
                Map.of("ml.g5.2xlarge", new Quota(OptionalDouble.empty(), OptionalDouble.empty())),
                Map.of(),
                Map.of(),
                Map.of("pricing:GetProducts", "the caller may not"),
                OptionalInt.empty()));

    assertThat(only(findings, "quota_unknown").severity()).isEqualTo(Severity.WARN);
    assertThat(only(findings, "check_failed").what()).contains("pricing:GetProducts");
    assertThat(findings).noneMatch(each -> each.severity() == Severity.REFUSE);
  }

  /** Pain 15 of the field: permissions and images share one ambiguous message. */
  @Test
  void missingPermissionsAndUnreachableImagesAreToldApart() {
    Facts denied =
        new Facts(
            NOW,
            Map.of(),
            Map.of(),
            Map.of("sagemaker:CreateEndpoint", "implicitDeny"),
            Map.of(),
            OptionalInt.empty());
    assertThat(only(findings(G5, Given.model(3), denied), "action_denied").what())
        .isEqualTo("The caller may not sagemaker:CreateEndpoint");

    String far =
        "endpoint: {instance: ml.g5.xlarge, server:"
            + " \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1\"}\n";
    Finding elsewhere = only(findings(far, Given.model(3)), "image_in_other_region");
    assertThat(elsewhere.severity()).isEqualTo(Severity.REFUSE);
    assertThat(elsewhere.why()).contains("eu-west-1", "us-east-1");
    String hub = "endpoint: {instance: ml.g5.xlarge, server: \"docker.io/me/mine:1\"}\n";
    assertThat(only(findings(hub, Given.model(3)), "image_not_in_ecr").severity())
        .isEqualTo(Severity.REFUSE);
  }

  /** Pain 2 of the field: CUDA and driver mismatch, and no logs at all. */
  @Test
  void anImageWhoseCudaNoDriverRunsIsRefused() {
    String image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:v1-cu141";
    Finding finding =
        only(
            findings(
                "endpoint: {instance: ml.g5.xlarge, server: \"%s\"}\n".formatted(image),
                Given.model(3)),
            "driver_too_old");

    assertThat(finding.severity()).isEqualTo(Severity.REFUSE);
    assertThat(finding.why()).contains("CUDA 14.1", "SageMaker's default there has 470");
    assertThat(findings(G5, Given.model(3)))
        .extracting(Finding::code)
        .doesNotContain("driver_too_old");
  }

  /** Pain 4 of the field: no capacity, and no fallback. */
  @Test
  void aSingleInstanceTypeIsToldWhatToFallBackTo() {
    assertThat(only(findings(G5, Given.model(3)), "no_fallback").next())
        .startsWith("Set endpoint.instance: [ml.g5.2xlarge, ")
        .doesNotContain("ml.g5.xlarge");
    assertThat(findings("endpoint: {instance: [ml.g5.2xlarge, ml.g6.2xlarge]}\n", Given.model(3)))
        .extracting(Finding::code)
        .doesNotContain("no_fallback");
  }

  @Test
  void aModelThatDoesNotFitIsRefusedWithFiguresAndAlternatives() {
    Finding finding = only(findings(G5, Given.model(14)), "model_too_large");

    assertThat(finding.severity()).isEqualTo(Severity.REFUSE);
    assertThat(finding.why())
        .contains("26.1 GiB of weights", "1 x A10G of 22 GiB, of which 18.6 GiB can be used");
    assertThat(finding.next()).contains("ml.g6e.xlarge ($2.61 an hour)");
    assertThat(only(findings(G5, Given.model(9.7)), "memory_tight").why()).contains("tokens fit");
  }

  @Test
  void instancesThatDontShareVariablesOrArentKnownAreNamed() {
    assertThat(
            only(
                    findings(
                        "endpoint: {instance: [ml.g5.12xlarge, ml.g5.2xlarge]}\n", Given.model(3)),
                    "instances_differ")
                .why())
        .contains("ml.g5.12xlarge: 4, ml.g5.2xlarge: 1");
    assertThat(
            only(
                    findings("endpoint: {instance: ml.g9.xlarge}\n", Given.model(3)),
                    "instance_unknown")
                .severity())
        .isEqualTo(Severity.WARN);
  }

  @Test
  void timesThatSageMakerDoesNotGrantAreNamed() {
    List<Finding> findings =
        findings(
            """
            endpoint: {instance: ml.g5.2xlarge, smoke: {timeout: 2m}}
            api: {limits: {deadline: 5m, body: 20MiB}}
            """,
            Given.model(3));

    assertThat(only(findings, "smoke_too_long").why()).contains("120 s", "60 s");
    assertThat(only(findings, "deadline_too_long").next()).contains("stream");
    assertThat(only(findings, "body_too_large").why()).contains("6,291,456");
  }

  /** Pain 10 of the field: async never scales on the obvious metric. */
  @Test
  void asyncSaysWhatItScalesOnAndWhatItCostsAwake() {
    List<Finding> findings =
        findings(
            "endpoint: {kind: async, instance: ml.g5.2xlarge, scaling: {min: 0}}\n",
            Given.model(3));

    assertThat(only(findings, "async_scales_on_backlog").why()).contains("(8)", "queue");
    assertThat(only(findings, "scales_to_zero").why()).contains("$1.52 an hour", "up to 4");
  }

  @Test
  void regionsThatDontAgreeAreRefused() {
    String lines = "region: eu-west-1\nendpoint: {instance: ml.g5.2xlarge}\n";
    Lock lock = Given.model(3);
    assertThat(
            only(
                    Checks.findings(
                        Given.manifest(lines),
                        lock,
                        Design.of(Given.manifest(lines), lock, "us-east-1"),
                        Facts.none(NOW)),
                    "region_mismatch")
                .why())
        .contains("eu-west-1", "us-east-1");
    assertThat(
            only(
                    findings(
                        "endpoint: {instance: ml.g5.2xlarge, kms_key:"
                            + " \"arn:aws:kms:eu-west-1:123456789012:key/abc\"}\n",
                        lock),
                    "region_mismatch")
                .what())
        .contains("endpoint.kms_key");
  }

  @Test
  void anExpiryInThePastIsRefusedAndOneThatIsMissingIsSaid() {
    assertThat(
            only(
                    findings("expires: 2026-11-22T11:00Z\n" + G5, Given.model(3)),
                    "expires_in_the_past")
                .severity())
        .isEqualTo(Severity.REFUSE);
    assertThat(findings("expires: 2026-11-22T13:00Z\n" + G5, Given.model(3)))
        .extracting(Finding::code)
        .doesNotContain("expires_in_the_past", "never_expires");
    assertThat(only(findings(G5, Given.model(3)), "never_expires").severity())
        .isEqualTo(Severity.INFO);
  }

  @Test
  void embeddingsServersAreSaidToBeNoChat() {
    assertThat(
            only(
                    findings("endpoint: {server: tei, instance: ml.g5.xlarge}\n", Given.model(0.1)),
                    "embeddings_not_chat")
                .next())
        .contains("vllm or lmi");
  }

  private static final String BESIDE =
      """
      api:
        engine: embedded
        host: fargate
        keys: secret:chat/keys
        fargate:
          vpc: vpc-0123456789abcdef0
          subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      """;

  private static Lock gguf(double billions, long gigabytes) {
    return Given.lock(
        List.of(Given.file("model.gguf", gigabytes << 30), Given.file("config.json", 600)),
        new ModelFacts(
            Optional.of("llama"),
            OptionalLong.of((long) (billions * 1e9)),
            Optional.of("Q4_K_M"),
            OptionalInt.of(131_072)));
  }

  @Test
  void aTaskThatDoesNotHoldItsModelIsRefusedWithTheNumbersToSet() {
    Finding small = only(findings(BESIDE, gguf(8, 5)), "task_memory_too_small");

    assertThat(small.severity()).isEqualTo(Severity.REFUSE);
    assertThat(small.why()).contains("5.0 GiB", "4 requests at a time", "is 4.0 GiB");
    assertThat(small.next()).startsWith("Set api.fargate.cpu: 2048 and api.fargate.memory: 13GiB");
    assertThat(findings(BESIDE + "    cpu: 2048\n    memory: 13GiB\n", gguf(8, 5)))
        .extracting(Finding::code)
        .doesNotContain("task_memory_too_small");
    assertThat(only(findings(BESIDE, gguf(200, 100)), "task_memory_too_small").next())
        .contains("120 GiB at most");
    assertThat(only(findings(BESIDE, gguf(200, 100)), "model_too_large").why())
        .contains("52,000 MiB");
  }

  @Test
  void withoutAnEndpointNothingIsSaidOfInstancesButThatItsKeysAreIdle() {
    List<Finding> findings =
        findings(
            "endpoint: {instance: ml.g5.xlarge, scaling: {concurrency: 2}}\n" + BESIDE, gguf(1, 1));

    assertThat(findings)
        .extracting(Finding::code)
        .containsExactlyInAnyOrder("endpoint_not_made", "never_expires");
    assertThat(only(findings, "endpoint_not_made").what())
        .contains("endpoint.instance")
        .doesNotContain("concurrency");
    assertThat(only(findings, "never_expires").what()).startsWith("The service");
  }

  @Test
  void modelsThatTheServerLoadsBadlyAreNamed() {
    Lock gguf = Given.lock(List.of(Given.file("m.gguf", 1000)), Given.noFacts());
    assertThat(only(findings(G5, gguf), "gguf_model").severity()).isEqualTo(Severity.WARN);
    assertThat(
            only(findings("endpoint: {server: lmi, instance: ml.g5.2xlarge}\n", gguf), "gguf_model")
                .severity())
        .isEqualTo(Severity.REFUSE);
    Lock packed = Given.lock(List.of(Given.file("model.tar.gz", 1000)), Given.noFacts());
    assertThat(only(findings(G5, packed), "packed_model").next()).contains("unpacked");
    assertThat(
            only(
                    findings("endpoint: {instance: ml.g4dn.xlarge}\n", Given.model(0.5)),
                    "half_floats")
                .why())
        .contains("bfloat16");
  }

  @Test
  void whatStopsADeployComesFirst() {
    assertThat(findings("expires: 2020-01-01T00:00Z\n" + G5, Given.model(14)))
        .extracting(Finding::severity)
        .isSorted();
  }

  @Test
  void optionsAreTheCheapestFirstAndSayWhy() {
    List<InstanceAdvice.Option> options =
        InstanceAdvice.options(
            Given.model(8), Given.manifest("").endpoint().hosting().server(), "us-east-1");

    assertThat(options.getFirst().instance()).isEqualTo("ml.g6.xlarge");
    assertThat(options.getFirst().usdPerHour()).hasValue(1.1267);
    assertThat(options.getFirst().why()).contains("14.9 GiB of weights", "1 x L4 of 22 GiB");
  }
}
