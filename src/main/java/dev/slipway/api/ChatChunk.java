package dev.slipway.api;

import java.util.List;
import java.util.Optional;

/** A {@code chat.completion.chunk}. */
record ChatChunk(
    String id,
    @Field(oneOf = "chat.completion.chunk") String object,
    @Field("Seconds since 1970.") long created,
    String model,
    List<ChunkChoice> choices,
    @Field("In the last chunk, if asked for.") Optional<TokenUsage> usage,
    @Field("In the first chunk: what the answer rests on, of models with retrieval.")
        Optional<List<Source>> sources,
    @Field("In the last chunk with a choice: under which prompt monitoring keeps it.")
        Optional<String> traceId) {

  /** The one choice. */
  record ChunkChoice(
      int index,
      Delta delta,
      @Field(value = "Always null.", nullable = true) Optional<String> logprobs,
      @Field(value = "Null but in the last one.", nullable = true) Optional<String> finishReason) {}

  /** What is new. */
  record Delta(Optional<String> role, Optional<String> content) {}
}
