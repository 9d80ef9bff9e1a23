package dev.slipway.rag;

import java.util.List;

/**
 * Says how questions of one deployment are answered, and what traces call it.
 *
 * @param deployment the deployment's name
 * @param model the model's name at the endpoint
 * @param revision the model's commit
 * @param collections where passages are searched, unless a question chooses one
 * @param k how many passages at most, unless a question says
 */
public record AnswerSettings(
    String deployment, String model, String revision, List<String> collections, int k) {
  /** Copies the collections. */
  public AnswerSettings {
    collections = List.copyOf(collections);
  }
}
