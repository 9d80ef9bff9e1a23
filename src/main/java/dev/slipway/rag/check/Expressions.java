package dev.slipway.rag.check;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Searches text for expressions that a manifest gives. A search is bounded in its steps, whatever
 * the expression and the text: one that would take longer, or deeper recursion than the stack has,
 * counts as found, since what can't be checked must not pass. Immutable.
 */
final class Expressions {
  /** Characters looked at in one search: some tens of milliseconds. */
  static final int STEPS = 5_000_000;

  /** How much of a stream is looked at again, and at most held back, for what may still come. */
  static final int WINDOW = 512;

  /** How much of a stream is held back at most: some 50 tokens. */
  static final int HELD = 200;

  private final List<Pattern> patterns;

  Expressions(Collection<String> expressions) {
    this.patterns = expressions.stream().map(Pattern::compile).toList();
  }

  boolean nothing() {
    return patterns.isEmpty();
  }

  /** Returns whether one of them is found in the text. */
  boolean foundIn(CharSequence text) {
    try {
      for (Pattern pattern : patterns) {
        if (pattern.matcher(new Counted(text)).find()) {
          return true;
        }
      }
      return false;
    } catch (Exhausted | StackOverflowError e) {
      return true;
    }
  }

  /**
   * What a stream may send of its text.
   *
   * @param found whether an expression is found that nothing to come can undo
   * @param open from where on more text could make one
   */
  record Look(boolean found, int open) {}

  /**
   * Looks at the end of a text that is still coming.
   *
   * @param sent how much of it was sent already
   */
  Look look(CharSequence text, int sent) {
    int open = text.length();
    try {
      for (Pattern pattern : patterns) {
        Counted counted = new Counted(text);
        Matcher matcher =
            pattern.matcher(counted).useTransparentBounds(true).useAnchoringBounds(false);
        matcher.region(Math.max(0, sent - WINDOW), text.length());
        while (matcher.find()) {
          if (!matcher.requireEnd()) {
            return new Look(true, sent);
          }
          open = Math.min(open, Math.max(sent, matcher.start()));
        }
        for (int i = Math.max(sent, text.length() - HELD); i < open; i++) {
          matcher.region(i, text.length());
          boolean _ = matcher.lookingAt();
          if (matcher.hitEnd()) {
            open = i;
          }
        }
      }
    } catch (Exhausted | StackOverflowError e) {
      return new Look(true, sent);
    }
    return new Look(false, open);
  }

  private static final class Exhausted extends RuntimeException {
    Exhausted() {
      super("too many steps", null, false, false);
    }
  }

  /** Counts how often a search looks at a character: the JDK's own has no bound. */
  private static final class Counted implements CharSequence {
    private final CharSequence text;
    private int left = STEPS;

    Counted(CharSequence text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new Exhausted();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
