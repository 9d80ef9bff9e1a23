package dev.slipway.standin.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call by the Query protocol.
 *
 * @param fields of the form
 */
record WireRequest(Map<String, String> fields) {

  String action() {
    return text("Action");
  }

  /** Returns a field; empty where it isn't given. */
  String text(String name) {
    return fields.getOrDefault(name, "");
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isEmpty());
  }

  /** Returns the members of a list. */
  List<String> list(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 1; fields.containsKey(name + ".member." + i); i++) {
      values.add(text(name + ".member." + i));
    }
    return values;
  }

  /** Returns a list of pairs as a map. */
  Map<String, String> map(String name, String key, String value) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int i = 1; fields.containsKey(name + ".member." + i + "." + key); i++) {
      String member = name + ".member." + i + ".";
      pairs.put(text(member + key), text(member + value));
    }
    return pairs;
  }
}
