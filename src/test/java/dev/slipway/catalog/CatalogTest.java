package dev.slipway.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.catalog.ServingImage.Software;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Holds the catalog's files to their form, and to figures that were looked up by hand. */
class CatalogTest {
  private final Catalog catalog = Catalog.bundled();

  @Test
  void knowsWhatHoldsAModel() {
    InstanceType small = catalog.instance("ml.g5.2xlarge").orElseThrow();
    InstanceType large = catalog.instance("ml.p4d.24xlarge").orElseThrow();

    assertThat(small.inWords()).isEqualTo("1 x A10G of 22 GiB");
    assertThat(small.nvmeGb()).hasValue(450);
    assertThat(large.gpuBytes()).isEqualTo((8 * 40960L) << 20);
    assertThat(catalog.instance("ml.m5.xlarge").orElseThrow().nvmeGb()).isEmpty();
    assertThat(catalog.instance("ml.g4dn.xlarge").orElseThrow().gpu().orElseThrow().hasBfloat16())
        .isFalse();
    assertThat(catalog.instance("ml.x9.large")).isEmpty();
  }

  @Test
  void everyImageIsInTheRegionsThatItIsPublishedIn() {
    assertThat(catalog.image(Software.VLLM, true).orElseThrow().uri("eu-west-1"))
        .contains(
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface-vllm:"
                + "0.21.0-transformers5.8.1-gpu-py312-cu130-ubuntu22.04");
    assertThat(catalog.image(Software.LMI, true).orElseThrow().uri("af-south-1").orElseThrow())
        .startsWith("626614931356.dkr.ecr.af-south-1.amazonaws.com/djl-inference:");
    assertThat(catalog.image(Software.TEI, false).orElseThrow().uri("us-east-1").orElseThrow())
        .startsWith("683313688378.dkr.ecr.us-east-1.amazonaws.com/tei-cpu:");
    assertThat(catalog.image(Software.VLLM, true).orElseThrow().uri("cn-north-1").orElseThrow())
        .startsWith("727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/");
    assertThat(catalog.image(Software.VLLM, true).orElseThrow().uri("mars-north-1")).isEmpty();
    assertThat(catalog.image(Software.VLLM, false)).isEmpty();
  }

  @Test
  void everyGpuImageHasADriverThatRunsItsCuda() {
    for (ServingImage image : catalog.images()) {
      if (image.gpu()) {
        InferenceAmi ami = catalog.ami(image.inferenceAmi().orElseThrow()).orElseThrow();
        assertThat(InferenceAmi.runs(ami.driver(), image.cuda().orElseThrow()))
            .as(image.repository())
            .isTrue();
      }
    }
    assertThat(catalog.amiFor("13.0").orElseThrow().name())
        .isEqualTo("al2023-ami-sagemaker-inference-gpu-4-1");
    assertThat(catalog.amiFor("12.9").orElseThrow().driver()).isEqualTo(535);
    assertThat(InferenceAmi.runs(470, "12.4")).isFalse();
    assertThat(InferenceAmi.runs(550, "13.0")).isFalse();
  }

  @Test
  void aPriceIsDatedOrNotThere() {
    assertThat(catalog.price("ml.g5.2xlarge", "us-east-1").orElseThrow().usdPerHour())
        .isEqualTo(1.515);
    assertThat(catalog.price("ml.g5.2xlarge", "us-east-1").orElseThrow().seen()).isNotNull();
    assertThat(catalog.usdPerHour("ml.p5.48xlarge", "us-east-1")).isEmpty();
    assertThat(catalog.usdPerHour("ml.g5.2xlarge", "eu-north-1")).isEmpty();
  }

  @Test
  void aFileWithoutSourceOrDateIsNotTaken() {
    refuses("prices", file -> file.remove("source"), "source must be text");
    refuses("instances", file -> file.remove("seen"), "seen must be text");
    refuses("images", file -> ((ObjectNode) file.path("amis")).remove("source"), "source must be");
  }

  @Test
  void filesThatDontFitTogetherAreNotTaken() {
    refuses("gpus", file -> ((ArrayNode) file.path("gpus")).remove(0), "its GPU is not in gpus");
    refuses(
        "instances",
        file -> ((ArrayNode) file.path("instances")).add(file.path("instances").path(0)),
        "ml.m5.large twice");
    refuses(
        "images",
        file -> ((ObjectNode) file.path("images").path(0)).put("cuda", "14.0"),
        "can't run its CUDA");
    refuses(
        "images",
        file -> ((ObjectNode) file.path("registries").path("deep-learning")).put("x", "7631"),
        "12 digits");
    refuses(
        "prices",
        file -> ((ObjectNode) file.path("regions").path("us-east-1")).put("ml.m5.large", "0.115"),
        "a price must be a number");
    refuses(
        "prices",
        file -> ((ObjectNode) file.path("regions").path("us-east-1")).put("ml.x9.large", 1),
        "is not in instances.json");
  }

  private static void refuses(String name, Consumer<ObjectNode> damage, String message) {
    ObjectNode damaged = (ObjectNode) CatalogFiles.load(name);
    damage.accept(damaged);
    assertThatThrownBy(
            () ->
                CatalogFiles.of(
                    either("gpus", name, damaged),
                    either("instances", name, damaged),
                    either("images", name, damaged),
                    either("prices", name, damaged)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(message);
  }

  private static JsonNode either(String file, String name, JsonNode damaged) {
    return file.equals(name) ? damaged : CatalogFiles.load(file);
  }
}
