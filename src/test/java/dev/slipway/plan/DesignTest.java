package dev.slipway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Refused;
import dev.slipway.local.container.EmbeddedEngine;
import dev.slipway.model.Lock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DesignTest {

  @Test
  void theSameArgumentsGiveTheSameBlueprint() {
    assertThat(Given.blueprint("", Given.model(8)))
        .usingRecursiveComparison()
        .isEqualTo(Given.blueprint("", Given.model(8)));
  }

  @Test
  void autoIsTheCheapestInstanceThatHoldsTheModel() {
    assertThat(Given.endpoint("", Given.model(0.5)).instances()).containsExactly("ml.g4dn.xlarge");
    assertThat(Given.endpoint("", Given.model(8)).instances()).containsExactly("ml.g6.xlarge");
    assertThat(Given.endpoint("", Given.model(14)).instances()).containsExactly("ml.g6e.xlarge");
    assertThat(Given.endpoint("", Given.model(70)).instances()).containsExactly("ml.g6e.12xlarge");
    assertThat(Given.endpoint("endpoint: {server: tei}\n", Given.model(0.1)).instances())
        .containsExactly("ml.m5.xlarge");
    assertThatThrownBy(() -> Given.blueprint("", Given.model(1500)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("more than any instance type");
  }

  @Test
  void vllmGetsItsModelItsAddressAndAllGpus() {
    assertThat(Given.variables("endpoint: {instance: ml.g5.12xlarge}\n", Given.model(8)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "SM_VLLM_MODEL", "/opt/ml/model",
                "SM_VLLM_HOST", "0.0.0.0",
                "SM_VLLM_TENSOR_PARALLEL_SIZE", "4",
                "SM_VLLM_MAX_MODEL_LEN", "131072"));
  }

  @Test
  void theWindowIsCutToWhatFitsBesideTheWeights() {
    int window =
        Integer.parseInt(
            Given.variables("endpoint: {instance: ml.g5.2xlarge}\n", Given.model(8))
                .get("SM_VLLM_MAX_MODEL_LEN"));

    // 22.35 GiB x 0.9 - 1.5 GiB - 14.9 GiB of weights leaves 3.7 GiB at 128 KiB a token.
    assertThat(window).isBetween(28_000, 31_000).isEqualTo(window / 256 * 256);
    assertThat(
            Given.variables(
                "endpoint: {instance: ml.g5.2xlarge}\n", Given.model(0.5, "bf16", 2048)))
        .containsEntry("SM_VLLM_MAX_MODEL_LEN", "2048");
    assertThat(
            Given.variables(
                "endpoint: {instance: ml.g5.2xlarge}\n",
                Given.lock(List.of(Given.file("model.safetensors", 1000)), Given.noFacts())))
        .doesNotContainKey("SM_VLLM_MAX_MODEL_LEN");
  }

  @Test
  void gpusWithoutBfloat16GetFloat16() {
    assertThat(Given.variables("endpoint: {instance: ml.g4dn.xlarge}\n", Given.model(0.5)))
        .containsEntry("SM_VLLM_DTYPE", "half");
    assertThat(Given.variables("endpoint: {instance: ml.g5.xlarge}\n", Given.model(0.5)))
        .doesNotContainKey("SM_VLLM_DTYPE");
  }

  @Test
  void theRepositorysOwnCodeRunsOnlyWhereItIsAllowed() {
    String allowed =
        """
        name: chat
        model: {source: "hf://org/name", allow: [remote-code]}
        """;
    Map<String, String> variables =
        Given.endpoint(Design.of(Given.whole(allowed), Given.model(1), Given.REGION))
            .container()
            .environment();

    assertThat(variables).containsEntry("SM_VLLM_TRUST_REMOTE_CODE", "true");
    assertThat(Given.variables("", Given.model(1))).doesNotContainKey("SM_VLLM_TRUST_REMOTE_CODE");
  }

  @Test
  void lmiAndTeiHaveVariablesOfTheirOwn() {
    assertThat(
            Given.variables(
                "endpoint: {server: lmi, instance: ml.g5.12xlarge}\n",
                Given.model(8, "bfloat16", 8192)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "HF_MODEL_ID", "/opt/ml/model",
                "TENSOR_PARALLEL_DEGREE", "4",
                "OPTION_MAX_MODEL_LEN", "8192"));
    assertThat(
            Given.variables("endpoint: {server: tei, instance: ml.g5.xlarge}\n", Given.model(0.1)))
        .containsExactly(Map.entry("HF_MODEL_ID", "/opt/ml/model"));
  }

  @Test
  void theManifestsVariablesLieOverTheServers() {
    assertThat(
            Given.variables(
                "endpoint: {instance: ml.g5.xlarge, environment: {SM_VLLM_MAX_MODEL_LEN: 4096, A:"
                    + " b}}\n",
                Given.model(1)))
        .containsEntry("SM_VLLM_MAX_MODEL_LEN", "4096")
        .containsEntry("A", "b");
  }

  @Test
  void moreVariablesThanSageMakerTakesAreRefusedWithoutTheirValues() {
    String hundred =
        IntStream.range(0, 100).mapToObj(i -> "A" + i + ": v").collect(Collectors.joining(", "));
    assertThatThrownBy(
            () -> Given.variables("endpoint: {environment: {" + hundred + "}}\n", Given.model(1)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("with those of the server; SageMaker takes 100");
    assertThatThrownBy(() -> ContainerVariables.check(Map.of("KEY", "private".repeat(147))))
        .hasMessageContaining("KEY has 1,029 bytes; SageMaker takes 1,024")
        .hasMessageNotContaining("private");
  }

  @Test
  void whateverIsTakenKeepsSageMakersLimits() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      Map<String, String> variables =
          IntStream.range(0, random.nextInt(110))
              .boxed()
              .collect(
                  Collectors.toMap(
                      i -> "A" + i,
                      i -> "ä".repeat(random.nextInt(random.nextBoolean() ? 8 : 520))));
      boolean within =
          variables.size() <= 100
              && variables.values().stream().allMatch(v -> v.length() * 2 <= 1024)
              && variables.entrySet().stream()
                      .mapToInt(e -> e.getKey().length() + e.getValue().length() * 2)
                      .sum()
                  <= 32_768;
      boolean taken = true;
      try {
        ContainerVariables.check(variables);
      } catch (Refused refused) {
        taken = false;
      }
      assertThat(taken).isEqualTo(within);
    }
  }

  /** Pain 2 of the field: CUDA and driver mismatch, and no logs at all. */
  @Test
  void theImagesCudaGetsAMachineImageWhoseDriverRunsIt() {
    assertThat(Given.endpoint("endpoint: {instance: ml.g5.xlarge}\n", Given.model(1)).container())
        .satisfies(
            container -> {
              assertThat(container.image()).contains("-cu130-");
              assertThat(container.inferenceAmi())
                  .contains("al2023-ami-sagemaker-inference-gpu-4-1");
            });
    String own = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:v1-";
    assertThat(own(own + "cu130").inferenceAmi())
        .contains("al2023-ami-sagemaker-inference-gpu-4-1");
    assertThat(own(own + "cu124").inferenceAmi()).contains("al2-ami-sagemaker-inference-gpu-2");
    assertThat(own(own + "plain").inferenceAmi()).isEmpty();
    assertThat(own(own + "plain").image()).isEqualTo(own + "plain");
    assertThat(own(own + "plain").environment()).isEmpty();
  }

  private static Blueprint.Container own(String image) {
    return Given.endpoint(
            "endpoint: {server: \"%s\", instance: ml.g5.xlarge}\n".formatted(image), Given.model(1))
        .container();
  }

  @Test
  void whatHasNoImageIsRefused() {
    assertThatThrownBy(() -> Design.of(Given.manifest(""), Given.model(1), "mars-north-1"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("No registry is known there");
    assertThatThrownBy(
            () -> Given.blueprint("endpoint: {instance: ml.m5.xlarge}\n", Given.model(1)))
        .hasMessageContaining("needs an NVIDIA GPU, and ml.m5.xlarge has none");
    assertThatThrownBy(
            () ->
                Given.blueprint(
                    "target: local\nendpoint: {server: llama.cpp, instance:" + " ml.g5.xlarge}\n",
                    Given.model(1)))
        .hasMessageContaining("llama.cpp");
  }

  @Test
  void timesAndDiskGrowWithTheModelAndStayInBounds() {
    Blueprint.Startup small = startup("ml.g5.xlarge", 1);
    Blueprint.Startup large = startup("ml.p4de.24xlarge", 70);

    assertThat(small.download()).isEqualTo(Duration.ofSeconds(320));
    assertThat(small.healthCheck()).isEqualTo(Duration.ofSeconds(610));
    assertThat(large.download()).isEqualTo(Duration.ofSeconds(1700));
    assertThat(large.healthCheck()).isEqualTo(Duration.ofSeconds(1300));
    assertThat(startup("ml.p5.48xlarge", 1000).download()).isEqualTo(Duration.ofHours(1));
    assertThat(small.volumeGb()).as("it has disks of its own").isEmpty();
    assertThat(
            Given.endpoint("endpoint: {server: tei, instance: ml.m5.xlarge}\n", Given.model(1))
                .startup()
                .volumeGb())
        .hasValue(33);
  }

  private static Blueprint.Startup startup(String instance, double billions) {
    return Given.endpoint("endpoint: {instance: " + instance + "}\n", Given.model(billions))
        .startup();
  }

  @Test
  void copiesOfAComponentTakeAsFewGpusAsHoldTheModel() {
    String lines = "endpoint: {components: true, instance: ml.g5.12xlarge}\n";
    Blueprint.Endpoint small = Given.endpoint(lines, Given.model(3));
    Blueprint.Endpoint medium = Given.endpoint(lines, Given.model(14));

    assertThat(small.startup().accelerators()).isEqualTo(1);
    assertThat(medium.startup().accelerators()).isEqualTo(2);
    assertThat(medium.container().environment()).containsEntry("SM_VLLM_TENSOR_PARALLEL_SIZE", "2");
    // Four copies share an instance of 192 GiB.
    assertThat(small.startup().copyMemoryMb()).isBetween(1024, 196_608 / 4);
  }

  @Test
  void theModelsKeyIsStableAndTellsFilesApart() {
    Lock lock = Given.model(1);
    String key = Given.endpoint("", lock).model().key();

    assertThat(key)
        .matches("models/org-name-0123456789ab-[0-9a-f]{8}/")
        .isEqualTo(ModelKeys.prefix(lock));
    assertThat(ModelKeys.prefix(Given.lock(lock.files().subList(0, 1), lock.facts())))
        .startsWith("models/org-name-0123456789ab-")
        .isNotEqualTo(key);
    assertThat(slug("file:../My Models/demo.gguf")).startsWith("models/demo-gguf-c0ffee-");
    assertThat(slug("registry://My-Group/3")).startsWith("models/my-group-c0ffee-");
    assertThat(slug("s3://bucket/a/b-c/")).startsWith("models/b-c-c0ffee-");
    assertThat(slug("file:..")).startsWith("models/model-c0ffee-");
  }

  private static String slug(String source) {
    return ModelKeys.prefix(
        new Lock(
            source,
            Optional.empty(),
            Optional.empty(),
            "c0ffee",
            List.of(Given.file("a", 1)),
            Given.noFacts()));
  }

  /** Pain 14 of the field: packing a large model takes hours. */
  @Test
  void aModelIsNeverPackedAndAPackedOneIsReadAsItIs() {
    assertThat(Given.endpoint("", Given.model(70)).model().archive()).isFalse();
    Blueprint.Endpoint packed =
        Given.endpoint(
            "endpoint: {instance: ml.g5.xlarge}\n",
            Given.lock(List.of(Given.file("model.tar.gz", 1000)), Given.noFacts()));
    assertThat(packed.model().archive()).isTrue();
    assertThat(packed.model().key()).endsWith("/model.tar.gz");
  }

  @Test
  void ggufModelsAreOpenedByTheirFile() {
    assertThat(
            Given.variables(
                "endpoint: {instance: ml.g4dn.xlarge}\n",
                Given.lock(List.of(Given.file("model.gguf", 2_181_888)), Given.noFacts())))
        .containsEntry("SM_VLLM_MODEL", "/opt/ml/model/model.gguf");
  }

  @Test
  void tagsSayWhoseAResourceIsAndKeepAwssRules() {
    assertThat(Given.blueprint("tags: {team: search}\n", Given.model(1)).tags())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "team", "search",
                "slipway:deployment", "chat",
                "slipway:environment", "default"));
    ResourceNames names = ResourceNames.of(Given.manifest(""));
    for (String key :
        List.of("aws:mine", "AWS:mine", "slipway:deployment", "", "a!", "x".repeat(129))) {
      assertThatThrownBy(() -> ResourceTags.of(names, Map.of(key, "v")))
          .isInstanceOf(Refused.class);
    }
    assertThatThrownBy(() -> ResourceTags.of(names, Map.of("k", "x".repeat(257))))
        .hasMessageContaining("at most 256");
    assertThatThrownBy(
            () ->
                ResourceTags.of(
                    names,
                    IntStream.range(0, 46)
                        .boxed()
                        .collect(Collectors.toMap(i -> "k" + i, i -> "v"))))
        .hasMessageContaining("there are 51");
  }

  private static final String EMBEDDED =
      """
      api:
        engine: embedded
        host: fargate
        fallback: spare
        keys: secret:keys
        fargate:
          vpc: vpc-0123456789abcdef0
          subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      """;

  private static Lock gguf(long bytes) {
    return Given.lock(
        List.of(Given.file("model.gguf", bytes), Given.file("model.safetensors", 9)),
        Given.noFacts());
  }

  @Test
  void aModelBesideTheServiceNeedsNoEndpointAndAsksNone() {
    Blueprint blueprint = Given.blueprint(EMBEDDED, gguf(500_000_000));
    Blueprint.Service service = blueprint.service().orElseThrow(AssertionError::new);

    assertThat(blueprint.endpoint()).isEmpty();
    assertThat(service.endpoints()).isEmpty();
    assertThat(service.model().map(Blueprint.Beside::bytes)).contains(500_000_000L);
    assertThatThrownBy(() -> Given.blueprint(EMBEDDED, Given.model(1)))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("no_gguf"));
    assertThatThrownBy(() -> Given.blueprint("api: {engine: embedded}\n", gguf(1)))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo("nothing_to_deploy"));
  }

  @Test
  void aTaskGetsTheDiskThatItsImageTakesTwice() {
    assertThat(beside(500_000_000).diskGib()).isEmpty();
    assertThat(beside(20L << 30).diskGib()).hasValue(44);
  }

  private static Blueprint.Beside beside(long bytes) {
    return Given.blueprint(EMBEDDED, gguf(bytes))
        .service()
        .flatMap(Blueprint.Service::model)
        .orElseThrow(AssertionError::new);
  }

  /** What the engine of a task does is estimated before there is a task. */
  @Test
  void theEstimateKnowsTheEnginesLimits() {
    assertThat(BesideNeed.CONTEXT).isEqualTo(EmbeddedEngine.CONTEXT);
    assertThat(BesideNeed.PARALLEL).isEqualTo(EmbeddedEngine.PARALLEL);
  }

  @Test
  void anotherModelBesideTheServiceHasALockOfItsOwn() {
    AnsweringModel own =
        AnsweringModel.of(Given.manifest(EMBEDDED + "  model: hf://org/small-GGUF\n"));

    assertThat(own.spec().source().uri()).isEqualTo("hf://org/small-GGUF");
    assertThat(own.lock(Path.of("/chat/slipway.lock")))
        .isEqualTo(Path.of("/chat/slipway.api.lock"));
    assertThat(AnsweringModel.of(Given.manifest("")).lock(Path.of("slipway.lock")))
        .isEqualTo(Path.of("slipway.lock"));
  }
}
