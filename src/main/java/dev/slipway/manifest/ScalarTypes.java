package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.manifest.Element.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of values that manifests hold. */
final class ScalarTypes {
  private static final Set<Kind> TEXT = Set.of(Kind.TEXT);
  private static final Set<Kind> ANY = Set.of(Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB)");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})%");
  private static final Pattern INSTANT = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T.+");

  private ScalarTypes() {}

  /** Text of a form. */
  static ScalarType<String> text(String words, String pattern) {
    Pattern form = Pattern.compile(pattern);
    return text(words, pattern, text -> Optional.of(text).filter(whole -> matches(form, whole)));
  }

  /** Text that is parsed; the pattern takes at least what the parser takes. */
  static <T> ScalarType<T> text(
      String words, String pattern, Function<String, Optional<T>> parser) {
    return new ScalarType<>(
        words, TEXT, parser, text -> "", true, () -> string().put("pattern", anchored(pattern)));
  }

  /** Text that may look like a number or a boolean, and stays as it was written. */
  static ScalarType<String> looseText(String words, String pattern) {
    Pattern form = Pattern.compile(pattern);
    return new ScalarType<>(
        words,
        ANY,
        text -> Optional.of(text).filter(whole -> matches(form, whole)),
        text -> "",
        true,
        () -> {
          ObjectNode schema = JsonNodeFactory.instance.objectNode();
          schema.putArray("type").add("string").add("number").add("boolean");
          return schema.put("pattern", anchored(pattern));
        });
  }

  /** A whole number. */
  static ScalarType<Long> number(long least, long most) {
    return new ScalarType<>(
        "a whole number of " + least + " to " + most,
        Set.of(Kind.INTEGER),
        text ->
            CoreSchema.WHOLE.matcher(text).matches() && text.length() < 19
                ? Optional.of(Long.valueOf(text)).filter(n -> n >= least && n <= most)
                : Optional.empty(),
        text -> "",
        true,
        () ->
            JsonNodeFactory.instance
                .objectNode()
                .put("type", "integer")
                .put("minimum", least)
                .put("maximum", most));
  }

  /** A whole number that fits an int. */
  static ScalarType<Integer> integer(int least, int most) {
    ScalarType<Long> wide = number(least, most);
    return new ScalarType<>(
        wide.words(),
        wide.kinds(),
        text -> wide.parser().apply(text).map(Math::toIntExact),
        wide.advice(),
        wide.shown(),
        wide.own());
  }

  /** True or false. */
  static ScalarType<Boolean> bool() {
    return new ScalarType<>(
        "true or false",
        Set.of(Kind.BOOLEAN),
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        text -> "",
        true,
        () -> JsonNodeFactory.instance.objectNode().put("type", "boolean"));
  }

  /** One of some words. */
  static <T> ScalarType<T> word(Map<String, T> words) {
    Map<String, T> known = new LinkedHashMap<>(words);
    return new ScalarType<>(
        alternatives(List.copyOf(known.keySet())),
        TEXT,
        text -> Optional.ofNullable(known.get(text)),
        text -> Nearest.advice(text, known.keySet()),
        true,
        () -> {
          ObjectNode schema = string();
          ArrayNode allowed = schema.putArray("enum");
          known.keySet().forEach(allowed::add);
          return schema;
        });
  }

  /** Writes {@code a, b or c}. */
  private static String alternatives(List<String> words) {
    String last = words.getLast();
    return words.size() == 1
        ? last
        : String.join(", ", words.subList(0, words.size() - 1)) + " or " + last;
  }

  /** One of an enum's constants: {@code ALL_AT_ONCE} is written {@code all-at-once}. */
  static <E extends Enum<E>> ScalarType<E> word(Class<E> constants) {
    Map<String, E> words = new LinkedHashMap<>();
    Arrays.stream(constants.getEnumConstants())
        .forEach(each -> words.put(each.name().toLowerCase(Locale.ROOT).replace('_', '-'), each));
    return word(words);
  }

  /** A number with the unit ms, s, m or h, within bounds. */
  static ScalarType<Duration> duration(String least, String most) {
    Duration from = plainDuration(least).orElseThrow();
    Duration to = plainDuration(most).orElseThrow();
    return text(
            "a duration of " + least + " to " + most,
            DURATION.pattern(),
            text ->
                plainDuration(text)
                    .filter(given -> given.compareTo(from) >= 0 && given.compareTo(to) <= 0))
        .advising(
            text -> CoreSchema.WHOLE.matcher(text).matches() ? "add a unit: ms, s, m or h" : "");
  }

  private static Optional<Duration> plainDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }

  /** Bytes: a number with the unit B, KiB, MiB or GiB. */
  static ScalarType<Long> size(String least, String most) {
    long from = plainSize(least).orElseThrow();
    long to = plainSize(most).orElseThrow();
    return text(
            "a size of " + least + " to " + most,
            SIZE.pattern(),
            text -> plainSize(text).filter(given -> given >= from && given <= to))
        .advising(
            text ->
                CoreSchema.WHOLE.matcher(text).matches() ? "add a unit: B, KiB, MiB or GiB" : "");
  }

  private static Optional<Long> plainSize(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int shift =
        switch (matcher.group(2)) {
          case "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          default -> 30;
        };
    return Optional.of(Long.parseLong(matcher.group(1)) << shift);
  }

  /** A share, written with its sign. */
  static ScalarType<Integer> percent(int least, int most) {
    return text(
            "a share of " + least + "% to " + most + "%",
            PERCENT.pattern(),
            text -> {
              Matcher matcher = PERCENT.matcher(text);
              return matcher.matches()
                  ? Optional.of(Integer.valueOf(matcher.group(1)))
                      .filter(share -> share >= least && share <= most)
                  : Optional.<Integer>empty();
            })
        .advising(text -> CoreSchema.WHOLE.matcher(text).matches() ? "add the % sign" : "");
  }

  /** An HTTP address without user, query and fragment. */
  static <T> ScalarType<T> address(String words, Function<URI, T> maker) {
    String pattern = "https?://[^/?#@\\s]+(/[^?#@\\s]*)?";
    Pattern form = Pattern.compile(pattern);
    return text(
        words,
        pattern,
        text -> {
          try {
            return matches(form, text)
                ? Optional.of(new URI(text).parseServerAuthority())
                    .filter(uri -> uri.getHost() != null && uri.getPort() < 65_536)
                    .map(maker)
                : Optional.empty();
          } catch (URISyntaxException notAnAddress) {
            return Optional.empty();
          }
        });
  }

  /** One word, or else what another type takes, whose words name both. */
  static <T> ScalarType<T> either(String word, T value, ScalarType<? extends T> other) {
    return new ScalarType<T>(
        other.words(),
        other.kinds(),
        text ->
            text.equals(word) ? Optional.of(value) : other.parser().apply(text).map(each -> each),
        text ->
            Nearest.to(text, List.of(word))
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> other.advice().apply(text)),
        other.shown(),
        () -> {
          ObjectNode schema = string();
          schema.putArray("enum").add(word);
          return Type.anyOf(List.of(schema, other.own().get()));
        });
  }

  /** When something ends. */
  static ScalarType<Expiry> expiry() {
    ScalarType<Duration> after = duration("1m", "87600h");
    return text(
            "a duration such as 8h, or a moment such as 2026-12-31T18:00Z",
            DURATION.pattern() + "|" + INSTANT.pattern(),
            text ->
                after
                    .parser()
                    .apply(text)
                    .<Expiry>map(Expiry.After::new)
                    .or(() -> moment(text).map(Expiry.At::new)))
        .advising(
            text -> INSTANT.matcher(text).matches() ? "a moment needs a time zone, such as Z" : "");
  }

  private static Optional<Instant> moment(String text) {
    try {
      return INSTANT.matcher(text).matches()
          ? Optional.of(OffsetDateTime.parse(text).toInstant())
          : Optional.empty();
    } catch (DateTimeException notAMoment) {
      return Optional.empty();
    }
  }

  /** The name of a secret; what is written instead is never repeated, it may be the secret. */
  static ScalarType<SecretReference> secret() {
    return text("the name of a secret, secret:NAME", "secret:.+", ScalarTypes::reference).hidden();
  }

  /** Reads {@code secret:NAME}. */
  static Optional<SecretReference> reference(String text) {
    if (!text.startsWith(SecretReference.PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SecretReference(text.substring(SecretReference.PREFIX.length())));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  static String anchored(String pattern) {
    return "^(" + pattern + ")$";
  }

  private static boolean matches(Pattern form, String text) {
    return form.matcher(text).matches();
  }

  private static ObjectNode string() {
    return JsonNodeFactory.instance.objectNode().put("type", "string");
  }
}
