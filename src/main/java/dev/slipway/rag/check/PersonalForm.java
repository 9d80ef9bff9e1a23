package dev.slipway.rag.check;

import dev.slipway.manifest.ApiSpec.Personal;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form of one kind of personal data: an expression whose every repetition is bounded, so that a
 * search takes time in proportion to the text, and a proof of what it finds.
 *
 * @param kind of data
 * @param pattern what it looks like
 * @param proof returns how many characters of a candidate, from its start, are such data; 0 for
 *     none
 */
record PersonalForm(Personal kind, Pattern pattern, ToIntFunction<CharSequence> proof) {
  /** The longest that any of them can be: an address of e-mail, 64 + 1 + 255. */
  static final int LONGEST = 320;

  private static final Pattern COLON = Pattern.compile(":");
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  static PersonalForm of(Personal kind) {
    return switch (kind) {
      case EMAIL ->
          new PersonalForm(
              kind,
              Pattern.compile(
                  "(?<![\\p{L}\\p{N}._%+'-])[\\p{L}\\p{N}._%+'-]{1,64}+@"
                      + "(?:[\\p{L}\\p{N}-]{1,63}+\\.){1,8}[\\p{L}]{2,24}+(?![\\p{N}-])"),
              CharSequence::length);
      case PHONE ->
          new PersonalForm(
              kind,
              Pattern.compile(
                  "(?<![\\p{L}\\p{N}+])(?:\\+|(?<!\\d[ -])00)[1-9](?:[ ./()-]{0,2}\\d){6,14}(?!\\d)"),
              CharSequence::length);
      case CARD ->
          new PersonalForm(
              kind,
              Pattern.compile("(?<![\\p{L}\\d])[1-9](?:[ -]?\\d){12,18}(?!\\d)"),
              PersonalForm::card);
      case IBAN ->
          new PersonalForm(
              kind,
              Pattern.compile(
                  "(?i)(?<![\\p{L}\\p{N}])[A-Z]{2}\\d{2}(?: ?[A-Z\\d]){11,30}(?![\\p{L}\\p{N}])"),
              PersonalForm::iban);
      case IP ->
          new PersonalForm(
              kind,
              Pattern.compile(
                  "(?<![\\d.])(?:"
                      + OCTET
                      + "\\.){3}"
                      + OCTET
                      + "(?!\\d|\\.\\d)"
                      + "|(?<![\\p{L}\\p{N}:.])[\\dA-Fa-f]{0,4}(?::[\\dA-Fa-f]{0,4}){2,7}"
                      + "(?:\\.\\d{1,3}){0,3}(?![\\p{L}\\p{N}:])"),
              PersonalForm::address);
    };
  }

  /** Returns what stands in the place of the data. */
  String label() {
    return "[" + kind.name().toLowerCase(Locale.ROOT) + "]";
  }

  Matcher over(CharSequence text, int from) {
    return pattern
        .matcher(text)
        .region(from, text.length())
        .useTransparentBounds(true)
        .useAnchoringBounds(false);
  }

  /** Tries every end that a number can have: other digits may follow it. */
  private static int card(CharSequence text) {
    for (int end = separated(text); end > 12; end--) {
      if (atEnd(text, end) && luhn(text, end)) {
        return end;
      }
    }
    return 0;
  }

  /** Returns where what separates the digits changes: one number has spaces or hyphens. */
  private static int separated(CharSequence text) {
    char first = 0;
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (!Character.isDigit(each)) {
        first = first == 0 ? each : first;
        if (each != first) {
          return i;
        }
      }
    }
    return text.length();
  }

  private static boolean atEnd(CharSequence text, int end) {
    return Character.isLetterOrDigit(text.charAt(end - 1))
        && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
  }

  /** Says whether the check digit is right: ISO/IEC 7812-1, annex B. */
  private static boolean luhn(CharSequence text, int end) {
    int sum = 0;
    int digits = 0;
    for (int i = end - 1; i >= 0; i--) {
      int digit = Character.digit(text.charAt(i), 10);
      if (digit >= 0) {
        int weighed = digits % 2 == 0 ? digit : digit * 2;
        sum += weighed > 9 ? weighed - 9 : weighed;
        digits++;
      }
    }
    return digits >= 13 && digits <= 19 && sum % 10 == 0;
  }

  private static int iban(CharSequence text) {
    for (int end = text.length(); end > 14; end--) {
      if (atEnd(text, end) && checked(text.subSequence(0, end).toString().replace(" ", ""))) {
        return end;
      }
    }
    return 0;
  }

  /** Says whether the check digits are right: ISO 13616, the remainder by 97 is 1. */
  private static boolean checked(String iban) {
    if (iban.length() < 15 || iban.length() > 34) {
      return false;
    }
    int remainder = 0;
    String turned = iban.substring(4) + iban.substring(0, 4);
    for (int i = 0; i < turned.length(); i++) {
      int value = Character.digit(turned.charAt(i), 36);
      remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
    }
    return remainder == 1;
  }

  /** Tells an IPv6 address from a time and from a hardware address. */
  private static int address(CharSequence candidate) {
    String text = candidate.toString();
    int colon = text.indexOf(':');
    if (colon < 0) {
      return text.length();
    }
    int dot = text.indexOf('.');
    int tail = 0;
    if (dot >= 0) {
      if (text.chars().filter(c -> c == '.').count() != 3) {
        return 0;
      }
      tail = 1; // the embedded IPv4 address stands for two groups
    }
    int gap = text.indexOf("::");
    boolean twice = gap >= 0 && text.indexOf("::", gap + 1) >= 0;
    boolean open =
        (text.startsWith(":") && gap != 0) || (text.endsWith(":") && gap != text.length() - 2);
    long groups = COLON.splitAsStream(text).filter(g -> !g.isEmpty()).count() + tail;
    boolean whole = gap >= 0 ? groups >= 1 && groups <= 7 : groups == 8;
    return whole && !twice && !open ? text.length() : 0;
  }
}
