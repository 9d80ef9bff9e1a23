package dev.slipway.eval;

import java.util.Locale;

/** What is measured of one answer: 0 at worst, 1 at best. */
public enum Measure {
  /** The share of the expected sources that were retrieved. */
  RECALL("Recall"),
  /** One over the rank of the first expected source; 0 if there is none. */
  MRR("MRR"),
  /** The grades of what was retrieved, discounted by rank, against the best order. */
  NDCG("nDCG"),
  /** F1 of the words that the answer and the expected one share. */
  OVERLAP("Answer overlap"),
  /** F1 of their longest common subsequence of words. */
  ROUGE_L("ROUGE-L"),
  /** The share of the key phrases that the answer holds. */
  PHRASES("Key phrases"),
  /** The share of the answer's sentences that the retrieved passages support. */
  FAITHFULNESS("Faithfulness");

  private final String title;

  Measure(String title) {
    this.title = title;
  }

  /** Returns its name for readers. */
  public String title() {
    return title;
  }

  /** Returns its name in documents and gates. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
