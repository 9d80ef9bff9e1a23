package dev.slipway.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One statement of a policy. Its document has its keys in an order that doesn't change.
 *
 * @param resources ARNs, as text or as a reference
 * @param conditions operator, key and value
 * @param principal empty in a role's own policy
 */
record Statement(
    String effect,
    String id,
    List<String> actions,
    List<Object> resources,
    List<Condition> conditions,
    Map<String, String> principal) {

  /** A condition of a statement. */
  record Condition(String operator, String key, Object value) {}

  Statement {
    actions = List.copyOf(actions);
    resources = List.copyOf(resources);
    conditions = List.copyOf(conditions);
    principal = Map.copyOf(principal);
  }

  static Statement allow(String id, String... actions) {
    return new Statement("Allow", id, List.of(actions), List.of(), List.of(), Map.of());
  }

  static Statement deny(String id, String... actions) {
    return new Statement("Deny", id, List.of(actions), List.of(), List.of(), Map.of());
  }

  Statement on(Object... more) {
    var all = new ArrayList<>(resources);
    all.addAll(List.of(more));
    return new Statement(effect, id, actions, all, conditions, principal);
  }

  Statement when(String operator, String key, Object value) {
    var all = new ArrayList<>(conditions);
    all.add(new Condition(operator, key, value));
    return new Statement(effect, id, actions, resources, all, principal);
  }

  Statement by(Map<String, String> who) {
    return new Statement(effect, id, actions, resources, conditions, who);
  }

  /** Returns text in which {@code ${...}} is put in by CloudFormation. */
  static Object sub(String text) {
    return text.contains("${") ? Map.of("Fn::Sub", text) : text;
  }

  /** Returns the account that the stack is in. */
  static Map<String, Object> account() {
    return Map.of("Ref", "AWS::AccountId");
  }

  /** Returns a policy of these statements. */
  static Map<String, Object> document(List<Statement> statements) {
    var document = new LinkedHashMap<String, Object>();
    document.put("Version", "2012-10-17");
    document.put("Statement", statements.stream().map(Statement::json).toList());
    return document;
  }

  private Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("Sid", id);
    json.put("Effect", effect);
    if (!principal.isEmpty()) {
      json.put("Principal", principal);
    }
    json.put("Action", actions.size() == 1 ? actions.getFirst() : actions);
    if (!resources.isEmpty()) {
      json.put("Resource", resources.size() == 1 ? resources.getFirst() : resources);
    }
    if (!conditions.isEmpty()) {
      var operators = new LinkedHashMap<String, Map<String, Object>>();
      for (Condition condition : conditions) {
        operators
            .computeIfAbsent(condition.operator(), _ -> new LinkedHashMap<>())
            .put(condition.key(), condition.value());
      }
      json.put("Condition", operators);
    }
    return json;
  }
}
