package dev.slipway.rag.check;

import dev.slipway.manifest.ApiSpec.Personal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * Replaces personal data that can be told by its form with its kind: {@code [email]}. What has no
 * form of its own, such as a name or a postal address, is not found. Immutable.
 */
final class Redaction {
  private final List<PersonalForm> forms;

  Redaction(Collection<Personal> kinds) {
    this.forms = kinds.stream().sorted().map(PersonalForm::of).toList();
  }

  boolean nothing() {
    return forms.isEmpty();
  }

  /**
   * One thing found.
   *
   * @param start its first character's index
   * @param end behind its last character
   * @param label what stands in its place
   */
  record Span(int start, int end, String label) {}

  /** Returns the text without personal data. */
  String apply(String text) {
    if (nothing()) {
      return text;
    }
    Scan scan = new Scan(text);
    StringBuilder result = new StringBuilder(text.length());
    int from = 0;
    for (Optional<Span> next = scan.next(0); next.isPresent(); next = scan.next(from)) {
      Span span = next.get();
      result.append(text, from, span.start()).append(span.label());
      from = span.end();
    }
    return result.append(text, from, text.length()).toString();
  }

  /** Looks through one text from its start to its end; used by one thread. */
  final class Scan {
    private final CharSequence text;

    /** What each form finds next: it is looked for again only once it is passed. */
    private final List<Optional<Span>> ahead = new ArrayList<>();

    private boolean begun;

    Scan(CharSequence text) {
      this.text = text;
    }

    /**
     * Returns the first thing found from an index on; of two at the same place the longer.
     *
     * @param from no less than at the call before
     */
    Optional<Span> next(int from) {
      Optional<Span> first = Optional.empty();
      for (int i = 0; i < forms.size(); i++) {
        if (!begun) {
          ahead.add(find(forms.get(i), text, from));
        } else if (ahead.get(i).isPresent() && ahead.get(i).get().start() < from) {
          ahead.set(i, find(forms.get(i), text, from));
        }
        Optional<Span> found = ahead.get(i);
        if (found.isPresent() && (first.isEmpty() || before(found.get(), first.get()))) {
          first = found;
        }
      }
      begun = true;
      return first;
    }
  }

  private static Optional<Span> find(PersonalForm form, CharSequence text, int from) {
    Matcher matcher = form.over(text, from);
    while (matcher.find()) {
      int start = matcher.start();
      int length = form.proof().applyAsInt(text.subSequence(start, matcher.end()));
      if (length > 0) {
        return Optional.of(new Span(start, start + length, form.label()));
      }
      matcher.region(start + 1, text.length());
    }
    return Optional.empty();
  }

  private static boolean before(Span one, Span other) {
    return one.start() < other.start() || (one.start() == other.start() && one.end() > other.end());
  }

  /**
   * Returns from where on more text could make personal data of what is there, or of more of it
   * than is found now; the text's length if nowhere.
   */
  int open(CharSequence text, int from) {
    if (nothing()) {
      return text.length();
    }
    List<Matcher> matchers = forms.stream().map(form -> form.over(text, from)).toList();
    for (int i = Math.max(from, text.length() - PersonalForm.LONGEST); i < text.length(); i++) {
      for (Matcher matcher : matchers) {
        matcher.region(i, text.length());
        boolean _ = matcher.lookingAt();
        if (matcher.hitEnd()) {
          return i;
        }
      }
    }
    return text.length();
  }
}
