package dev.slipway.rag.retrieval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time that a question names: "in 2024", "in May 2024", "on 2024-05-06", "since 2023", "before
 * 2024-06".
 *
 * @param relation how dates are to lie to it
 * @param date {@code 2024}, {@code 2024-05} or {@code 2024-05-06}
 */
record Period(Relation relation, String date) implements Predicate<String> {

  enum Relation {
    IN,
    SINCE,
    AFTER,
    BEFORE
  }

  /** What metadata calls a date; a time of day may follow. */
  private static final Pattern DATE = Pattern.compile("\\d{4}(-\\d{2}(-\\d{2})?)?([T ].*)?");

  private static final List<String> MONTHS =
      List.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december");

  private static final String NAMED = "(" + String.join("|", MONTHS) + ")\\s+(\\d{4})";
  private static final String NUMBERS = "((?:19|20)\\d{2}(?:-\\d{2}){0,2})";

  /** A year alone is any number: only words before it make it a time. */
  private static final Pattern MENTION =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}])"
              + "(?:(in|from|during|of|on|dated|since|after|before|until)\\s+(?:the\\s+year\\s+)?)"
              + "(?:"
              + NAMED
              + "|"
              + NUMBERS
              + ")(?![\\p{L}\\p{N}-])",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  /** Returns the times that a question names. */
  static List<Period> in(String question) {
    List<Period> periods = new ArrayList<>();
    Matcher mentions = MENTION.matcher(question);
    while (mentions.find()) {
      periods.add(new Period(relation(mentions.group(1).toLowerCase(Locale.ROOT)), date(mentions)));
    }
    return periods;
  }

  /** Returns whether a value is a date. */
  static boolean isDate(String value) {
    return DATE.matcher(value).matches();
  }

  /** Returns whether a date of the metadata lies so; a coarser date than asked for does not. */
  @Override
  public boolean test(String value) {
    if (!isDate(value) || value.length() < date.length()) {
      return false;
    }
    int order = value.substring(0, date.length()).compareTo(date);
    return switch (relation) {
      case IN -> order == 0;
      case SINCE -> order >= 0;
      case AFTER -> order > 0;
      case BEFORE -> order < 0;
    };
  }

  /** Returns whether a date is in one of the times, if any is meant so, and beyond all the rest. */
  static boolean all(List<Period> periods, String value) {
    boolean in = periods.stream().noneMatch(period -> period.relation == Relation.IN);
    for (Period period : periods) {
      boolean holds = period.test(value);
      if (period.relation == Relation.IN) {
        in |= holds;
      } else if (!holds) {
        return false;
      }
    }
    return in;
  }

  private static Relation relation(String word) {
    return switch (word) {
      case "since" -> Relation.SINCE;
      case "after" -> Relation.AFTER;
      case "before", "until" -> Relation.BEFORE;
      default -> Relation.IN;
    };
  }

  private static String date(MatchResult mention) {
    if (mention.group(4) != null) {
      return mention.group(4);
    }
    int month = MONTHS.indexOf(mention.group(2).toLowerCase(Locale.ROOT)) + 1;
    return String.format(Locale.ROOT, "%s-%02d", mention.group(3), month);
  }
}
