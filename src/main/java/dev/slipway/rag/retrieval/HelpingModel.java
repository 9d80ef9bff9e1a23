package dev.slipway.rag.retrieval;

import dev.slipway.endpoint.ChatModel;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides whether the model that answers is also asked to help with the search. */
public final class HelpingModel {
  /**
   * Smaller models don't reliably keep to a form that they were not trained for, and their filters
   * and questions do harm. A round figure: the smallest instruction-tuned models of today's
   * families that follow formats are of 1 to 1.5 billion.
   */
  private static final long LEAST_PARAMETERS = 1_000_000_000;

  private HelpingModel() {}

  /**
   * Returns the model if it is to be asked, absent if it is too small.
   *
   * @param parameters how many it has; absent where unknown, which counts as enough
   */
  public static Optional<ChatModel> of(ChatModel model, OptionalLong parameters) {
    return parameters.orElse(LEAST_PARAMETERS) >= LEAST_PARAMETERS
        ? Optional.of(model)
        : Optional.empty();
  }
}
