package dev.slipway.deploy;

import dev.slipway.plan.ResourceNames;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds, in an endpoint's template, where its model lies. */
final class ModelPlace {
  private static final Pattern KEY =
      Pattern.compile("(?<![A-Za-z0-9_-])" + ResourceNames.modelsPrefix() + "[^\"\\\\$*{}]+");

  private ModelPlace() {}

  /** Returns the key or prefix inside the store's bucket; absent if the template names none. */
  static Optional<String> in(String template) {
    Matcher matcher = KEY.matcher(template);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
