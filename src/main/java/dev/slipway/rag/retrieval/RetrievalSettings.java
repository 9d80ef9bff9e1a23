package dev.slipway.rag.retrieval;

import dev.slipway.manifest.RagSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Says which steps a retrieval takes, and how long each may take.
 *
 * @param selfQueryFields metadata that a question may filter on; empty switches self-query off
 * @param expand how many more questions are made of one; 0 switches expansion off
 * @param tenantField the metadata that must be the caller's tenant; absent means that all callers
 *     see all passages
 * @param selfQueryBudget after which there is no filter, or that of the rules alone
 * @param expandBudget after which there are no more questions
 * @param rerankBudget after which the order stays
 */
public record RetrievalSettings(
    List<String> selfQueryFields,
    int expand,
    Optional<String> tenantField,
    Duration selfQueryBudget,
    Duration expandBudget,
    Duration rerankBudget) {

  /** Copies the fields. */
  public RetrievalSettings {
    selfQueryFields = List.copyOf(selfQueryFields);
  }

  /** Returns what a manifest says. */
  public static RetrievalSettings of(RagSpec rag) {
    return new RetrievalSettings(
        rag.selfQueryFields(),
        rag.expand(),
        rag.tenantField(),
        rag.budgets().selfQuery(),
        rag.budgets().expand(),
        rag.budgets().rerank());
  }

  /** Returns the settings of a plain search that every caller may make of everything. */
  public static RetrievalSettings plain() {
    return new RetrievalSettings(
        List.of(), 0, Optional.empty(), Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }
}
