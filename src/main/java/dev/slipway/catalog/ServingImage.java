package dev.slipway.catalog;

import java.util.Map;
import java.util.Optional;

/**
 * One serving image that AWS or Hugging Face publishes, in a registry of their own in each region.
 *
 * @param server whose it is
 * @param gpu whether it is for instances with GPUs
 * @param repository its name in every registry
 * @param cuda the CUDA version inside; absent in images without
 * @param inferenceAmi the {@code InferenceAmiVersion} whose driver is new enough for it; absent
 *     where SageMaker's default does
 * @param accounts which account's registry serves each region
 */
public record ServingImage(
    Software server,
    boolean gpu,
    String repository,
    String tag,
    Optional<String> cuda,
    Optional<String> inferenceAmi,
    Map<String, String> accounts) {

  /** Serving software that there are images of. */
  public enum Software {
    /** vLLM. */
    VLLM,
    /** Large Model Inference (DJL). */
    LMI,
    /** Text Embeddings Inference. */
    TEI
  }

  /** Copies the accounts. */
  public ServingImage {
    accounts = Map.copyOf(accounts);
  }

  /** Returns the image's URI in a region; absent where it isn't published. */
  public Optional<String> uri(String region) {
    return Optional.ofNullable(accounts.get(region))
        .map(
            account ->
                "%s.dkr.ecr.%s.%s/%s:%s"
                    .formatted(account, region, domain(region), repository, tag));
  }

  private static String domain(String region) {
    return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  }
}
