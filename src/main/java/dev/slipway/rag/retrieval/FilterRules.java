package dev.slipway.rag.retrieval;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes a filter from a question by rules: no model is asked.
 *
 * <p>A value that the store has counts as named if the question has it between word boundaries,
 * whatever the case, and it says that it means it: after the field's own name ("author: Ada"),
 * after "by", "from" or "in" ("by Lovelace" names everyone called so), before "'s", or because the
 * value is of several words ("Ada Lovelace"). After "not" or "except" nothing counts. Values that
 * are dates are named by times ({@link Period}).
 */
final class FilterRules {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
  private static final String START = "(?<![\\p{L}\\p{N}_])";
  private static final String END = "(?![\\p{L}\\p{N}_])";
  private static final Pattern WORDS = Pattern.compile("\\s+");
  private static final Pattern DENIED =
      Pattern.compile("(?:\\bnot|\\bexcept|\\bwithout|n't)\\s+(?:\\w+\\s+)?$", FLAGS);

  /** Shorter parts of names are initials. */
  private static final int SHORTEST_PART = 3;

  private FilterRules() {}

  private record Match(String value, int start, int end) {
    boolean within(Match other) {
      return other.start <= start && end <= other.end && other.end - other.start > end - start;
    }
  }

  /**
   * Returns, for each field that the question names values of, those values.
   *
   * @param known the values that the store has, by field
   */
  static Map<String, Set<String>> filter(String question, Map<String, List<String>> known) {
    Map<String, Set<String>> filter = new TreeMap<>();
    List<Period> periods = Period.in(question);
    known.forEach(
        (field, values) -> {
          Set<String> named = named(question, field, values);
          if (named.isEmpty() && !periods.isEmpty()) {
            values.stream().filter(value -> Period.all(periods, value)).forEach(named::add);
          }
          if (!named.isEmpty()) {
            filter.put(field, named);
          }
        });
    return filter;
  }

  private static Set<String> named(String question, String field, List<String> values) {
    List<Match> matches = new ArrayList<>();
    String lower = question.toLowerCase(Locale.ROOT);
    for (String value : values) {
      // A date stands in a question as a time, whatever word is before it.
      if (mayName(lower, value) && !Period.isDate(value)) {
        for (Pattern pattern : patterns(field, value.strip())) {
          Matcher found = pattern.matcher(question);
          while (found.find()) {
            if (!DENIED.matcher(question.substring(0, found.start())).find()) {
              matches.add(new Match(value, found.start("value"), found.end("value")));
            }
          }
        }
      }
    }
    // "Ada Lovelace" is not Ada.
    return matches.stream()
        .filter(match -> matches.stream().noneMatch(match::within))
        .map(Match::value)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Spares most values their patterns. */
  private static boolean mayName(String question, String value) {
    for (String word : WORDS.split(value.strip().toLowerCase(Locale.ROOT), -1)) {
      String stem = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
      if (!stem.isEmpty() && question.contains(stem)) {
        return true;
      }
    }
    return false;
  }

  private static List<Pattern> patterns(String field, String value) {
    List<String> words = List.of(WORDS.split(value));
    String whole = words.stream().map(Pattern::quote).collect(Collectors.joining("\\s+"));
    Set<String> texts = new LinkedHashSet<>();
    String name = Pattern.quote(field.replace('_', ' '));
    texts.add(name + "s?(?:\\s*[:=]\\s*|\\s+is\\s+|\\s+)[\"']?" + value(plural(value, whole)));
    texts.add("(?:by|from|in)\\s+(?:the\\s+)?[\"']?" + value(plural(value, whole)));
    texts.add(value(whole) + "['’]s");
    if (words.size() > 1) {
      texts.add(value(whole));
      for (String part : words) {
        if (part.length() >= SHORTEST_PART) {
          texts.add("by\\s+" + value(Pattern.quote(part)));
        }
      }
    }
    return texts.stream().map(text -> Pattern.compile(START + text + END, FLAGS)).toList();
  }

  private static String value(String pattern) {
    return "(?<value>" + pattern + ")";
  }

  /** Takes "posts" for the value "post", and the other way round. */
  private static String plural(String value, String pattern) {
    boolean isPlural = value.length() > SHORTEST_PART && value.endsWith("s");
    return isPlural
        ? "(?:" + pattern + "|" + Pattern.quote(value.substring(0, value.length() - 1)) + ")"
        : pattern + "s?";
  }
}
