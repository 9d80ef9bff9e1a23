package dev.slipway.model;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a model's own configuration says of it; absent where it doesn't.
 *
 * @param architecture as the configuration names it: {@code LlamaForCausalLM}, or {@code llama} for
 *     a GGUF
 * @param parameters how many
 * @param dtype of the weights: {@code float16}, {@code bfloat16}, {@code Q4_K_M}
 * @param contextLength tokens that fit into the window
 */
public record ModelFacts(
    Optional<String> architecture,
    OptionalLong parameters,
    Optional<String> dtype,
    OptionalInt contextLength) {}
