package dev.slipway.deploy;

import dev.slipway.plan.Templates;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The business layer that shall run on ECS.
 *
 * @param template of its stack
 * @param image by its digest; absent where it is yet to be made
 * @param index that is to be stored; absent where there is none to store
 * @param stored the key of an index that is in the store already, or will be; absent where the
 *     service has none
 */
record ServiceGoal(
    String template,
    Optional<String> image,
    Optional<IndexSnapshot> index,
    Optional<String> stored) {

  /** Returns the goal that puts back what a revision had. */
  static ServiceGoal of(String template, Map<String, String> parameters) {
    return new ServiceGoal(
        template,
        Optional.ofNullable(parameters.get(Templates.IMAGE_PARAMETER)),
        Optional.empty(),
        Optional.ofNullable(parameters.get(Templates.INDEX_PARAMETER)));
  }

  /** Returns the parameters of the template. */
  Map<String, String> parameters(String bucket, String chosenImage) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put(Templates.BUCKET_PARAMETER, bucket);
    parameters.put(Templates.IMAGE_PARAMETER, chosenImage);
    stored.ifPresent(key -> parameters.put(Templates.INDEX_PARAMETER, key));
    return Map.copyOf(parameters);
  }
}
