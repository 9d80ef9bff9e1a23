package dev.slipway.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.api.Violation.Step;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values as pydantic v2 does in its lax mode. Each method returns the value, or null
 * after noting what is wrong with it. Used by one thread.
 */
final class ScalarReader {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,4300}");
  private static final Pattern DECIMAL =
      Pattern.compile(
          "[+-]?([0-9]{1,400}(\\.[0-9]{0,400})?|\\.[0-9]{1,400})([eE][+-]?[0-9]{1,9})?");

  private final List<Violation> violations;

  /** Notes what is wrong in the given list. */
  ScalarReader(List<Violation> violations) {
    this.violations = violations;
  }

  private @Nullable Object wrong(Violation violation) {
    violations.add(violation);
    return null;
  }

  @Nullable Object text(Field rules, JsonNode node, List<Step> loc) {
    if (!node.isTextual()) {
      return wrong(Violation.of(loc, "string_type", "Input should be a valid string"));
    }
    String text = node.textValue();
    if (text.chars().anyMatch(c -> c == 0)) {
      return wrong(Violation.of(loc, "value_error", "Value error, must not contain NUL"));
    }
    if (!Unicode.whole(text)) {
      return wrong(
          Violation.of(
              loc,
              "string_unicode",
              "Input should be a valid string, unable to parse raw data as a unicode string"));
    }
    if (rules.minLength() > 0) {
      text = text.strip();
    }
    int length = text.codePointCount(0, text.length());
    if (length < rules.minLength()) {
      return wrong(
          Violation.number(
                  loc,
                  "string_too_short",
                  "String should have at least",
                  "min_length",
                  rules.minLength())
              .ending(rules.minLength() == 1 ? " character" : " characters"));
    }
    if (length > rules.maxLength()) {
      return wrong(
          Violation.number(
                  loc,
                  "string_too_long",
                  "String should have at most",
                  "max_length",
                  rules.maxLength())
              .ending(rules.maxLength() == 1 ? " character" : " characters"));
    }
    if (rules.oneOf().length > 0 && !Arrays.asList(rules.oneOf()).contains(text)) {
      return wrong(
          Violation.text(
              loc,
              "literal_error",
              "Input should be " + Unicode.alternatives(rules.oneOf()),
              "expected",
              Unicode.alternatives(rules.oneOf())));
    }
    return text;
  }

  @Nullable Object whole(Shape.Whole shape, Field rules, JsonNode node, List<Step> loc) {
    BigInteger number;
    if (node.isIntegralNumber()) {
      number = node.bigIntegerValue();
    } else if (node.isNumber()) {
      BigDecimal decimal = node.decimalValue();
      // The scale is bounded before the number is spelled out: 1e999999999 would fill the memory.
      if (Math.abs((long) decimal.scale()) > 40 || decimal.precision() > 40) {
        return wrong(tooWide(loc));
      }
      if (decimal.stripTrailingZeros().scale() > 0) {
        return wrong(
            Violation.of(
                loc,
                "int_from_float",
                "Input should be a valid integer, got a number with a fractional part"));
      }
      number = decimal.toBigInteger();
    } else if (node.isTextual()) {
      String text = node.textValue().strip();
      if (!WHOLE.matcher(text).matches()) {
        return wrong(
            Violation.of(
                loc,
                "int_parsing",
                "Input should be a valid integer, unable to parse string as an integer"));
      }
      number = new BigInteger(text);
    } else {
      return wrong(Violation.of(loc, "int_type", "Input should be a valid integer"));
    }
    if (number.bitLength() > 63) {
      return outside(rules, number.signum() * Double.MAX_VALUE, loc) ? null : wrong(tooWide(loc));
    }
    long value = number.longValueExact();
    if (outside(rules, (double) value, loc)) {
      return null;
    }
    if (shape.wide()) {
      return value;
    }
    return value == (int) value ? (Object) (int) value : wrong(tooWide(loc));
  }

  private static Violation tooWide(List<Step> loc) {
    return Violation.of(
        loc,
        "int_parsing_size",
        "Unable to parse input string as an integer, exceeded maximum size");
  }

  @Nullable Object decimal(Field rules, JsonNode node, List<Step> loc) {
    double value;
    if (node.isNumber()) {
      value = node.doubleValue();
    } else if (node.isTextual()) {
      if (!DECIMAL.matcher(node.textValue()).matches()) {
        return wrong(
            Violation.of(
                loc,
                "float_parsing",
                "Input should be a valid number, unable to parse string as a number"));
      }
      value = Double.parseDouble(node.textValue());
    } else {
      return wrong(Violation.of(loc, "float_type", "Input should be a valid number"));
    }
    if (!Double.isFinite(value)) {
      return wrong(Violation.of(loc, "finite_number", "Input should be a finite number"));
    }
    return outside(rules, value, loc) ? null : (Object) value;
  }

  private boolean outside(Field rules, double value, List<Step> loc) {
    if (value < rules.minimum()) {
      violations.add(
          Violation.number(
              loc,
              "greater_than_equal",
              "Input should be greater than or equal to",
              "ge",
              rules.minimum()));
      return true;
    }
    if (value > rules.maximum()) {
      violations.add(
          Violation.number(
              loc,
              "less_than_equal",
              "Input should be less than or equal to",
              "le",
              rules.maximum()));
      return true;
    }
    return false;
  }

  @Nullable Object flag(JsonNode node, List<Step> loc) {
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isTextual()) {
      return switch (node.textValue().toLowerCase(Locale.ROOT)) {
        case "true", "t", "yes", "y", "on", "1" -> true;
        case "false", "f", "no", "n", "off", "0" -> false;
        default ->
            wrong(
                Violation.of(
                    loc,
                    "bool_parsing",
                    "Input should be a valid boolean, unable to interpret input"));
      };
    }
    return wrong(Violation.of(loc, "bool_type", "Input should be a valid boolean"));
  }

  @Nullable Object moment(JsonNode node, List<Step> loc) {
    try {
      return Instant.parse(node.asText());
    } catch (DateTimeParseException e) {
      return wrong(Violation.of(loc, "datetime_parsing", "Input should be a valid datetime"));
    }
  }
}
