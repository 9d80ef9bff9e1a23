package dev.slipway.plan;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.failure.Refused;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Decides the tags that a template puts on every resource, and holds them to AWS's rules. */
final class ResourceTags {
  /** What AWS::SageMaker::Tag takes; other services take the same or more. */
  private static final Pattern TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  private static final int KEY_LENGTH = 128;
  private static final int VALUE_LENGTH = 256;

  /** Revision, owner and expiry come with each deploy. */
  private static final int FOR_THE_STACK = 3;

  private ResourceTags() {}

  /**
   * Returns the user's tags and those that say whose a resource is.
   *
   * @throws Refused if AWS would not take one, naming its key
   */
  static Map<String, String> of(ResourceNames names, Map<String, String> users) {
    Map<String, String> tags = new TreeMap<>();
    users.forEach(
        (key, value) -> {
          check(key, value);
          tags.put(key, value);
        });
    tags.put(ResourceNames.DEPLOYMENT_TAG, names.deployment());
    tags.put(ResourceNames.ENVIRONMENT_TAG, names.environment());
    if (tags.size() + FOR_THE_STACK > HostingLimits.TAGS.value()) {
      throw refusal(
          "there are %d with Slipway's own; AWS takes %d"
              .formatted(tags.size() + FOR_THE_STACK, HostingLimits.TAGS.value()));
    }
    return tags;
  }

  private static void check(String key, String value) {
    String start = key.toLowerCase(Locale.ROOT);
    if (start.startsWith("aws:") || start.startsWith("slipway:")) {
      throw refusal("\"" + key + "\" begins with a prefix that is taken");
    }
    if (key.isEmpty() || key.length() > KEY_LENGTH || !TEXT.matcher(key).matches()) {
      throw refusal(
          "the key \"%s\" must have 1 to %d letters, digits, spaces and _.:/=+-@"
              .formatted(key, KEY_LENGTH));
    }
    if (value.length() > VALUE_LENGTH || !TEXT.matcher(value).matches()) {
      throw refusal(
          "the value of \"%s\" must have at most %d letters, digits, spaces and _.:/=+-@"
              .formatted(key, VALUE_LENGTH));
    }
  }

  private static Refused refusal(String why) {
    return new Refused(
        "tags_refused", "Cannot put these tags on resources", why + ".", "Change tags.");
  }
}
