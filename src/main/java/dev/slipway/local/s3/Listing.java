package dev.slipway.local.s3;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/**
 * One page of what a bucket holds.
 *
 * @param objects in the order of their keys' UTF-8
 * @param prefixes what the keys that share a part up to the delimiter have in common, each once
 * @param last the last key or prefix of this page, from which the next one goes on; absent if this
 *     is the last page
 */
record Listing(List<ObjectRecord> objects, List<String> prefixes, Optional<String> last) {

  /**
   * Which page is wanted.
   *
   * @param prefix with which keys begin
   * @param delimiter that groups keys; empty for none
   * @param after the key or common prefix after which the page begins; empty for the first
   * @param most objects and prefixes together
   */
  record Wanted(String prefix, String delimiter, String after, int most) {
    /** Returns the common prefix under which a key is told, absent if it is told itself. */
    Optional<String> common(String key) {
      int cut = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      return cut < 0 ? Optional.empty() : Optional.of(key.substring(0, cut + delimiter.length()));
    }
  }

  static Listing of(NavigableMap<String, ObjectRecord> index, Wanted wanted) {
    List<ObjectRecord> objects = new ArrayList<>();
    Set<String> prefixes = new LinkedHashSet<>();
    String last = "";
    boolean fromPrefix = Bucket.compareCodePoints(wanted.after, wanted.prefix) < 0;
    String from = fromPrefix ? wanted.prefix : wanted.after;
    boolean inclusive = fromPrefix || wanted.after.isEmpty();
    // The page before may have ended with a common prefix: then the rest of its keys are told too.
    boolean group =
        wanted.after.startsWith(wanted.prefix)
            && wanted.common(wanted.after).filter(wanted.after::equals).isPresent();
    for (ObjectRecord object : index.tailMap(from, inclusive).values()) {
      String key = object.key();
      if (!key.startsWith(wanted.prefix)) {
        break;
      }
      if (group && key.startsWith(wanted.after)) {
        continue;
      }
      Optional<String> common = wanted.common(key);
      if (common.filter(prefixes::contains).isPresent()) {
        continue;
      }
      if (objects.size() + prefixes.size() == wanted.most) {
        return new Listing(
            List.copyOf(objects),
            List.copyOf(prefixes),
            wanted.most == 0 ? Optional.empty() : Optional.of(last));
      }
      common.ifPresentOrElse(prefixes::add, () -> objects.add(object));
      last = common.orElse(key);
    }
    return new Listing(List.copyOf(objects), List.copyOf(prefixes), Optional.empty());
  }
}
