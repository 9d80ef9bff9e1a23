package dev.slipway.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads JSON strictly (UTF-8 without exceptions, no key twice, nothing after the end, bounded depth
 * and numbers) and writes records in snake_case. Thread-safe.
 */
final class Json {
  /** Deeper than any request here needs; the parser's own stack stays small. */
  private static final int MAX_DEPTH = 64;

  /** Digits; a double needs 17 and a long 19. */
  private static final int MAX_NUMBER = 100;

  private final ObjectMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final Map<Class<?>, Shape.Struct> shapes = new ConcurrentHashMap<>();

  /** Returns the mapper, for documents made node by node. */
  ObjectMapper mapper() {
    return mapper;
  }

  /** Returns the shape of a record. */
  Shape.Struct shape(Class<? extends Record> type) {
    return shapes.computeIfAbsent(type, each -> Shape.of(each.asSubclass(Record.class)));
  }

  /**
   * Reads a body.
   *
   * @throws Invalid if it is no JSON
   */
  JsonNode read(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new Invalid(List.of(Violation.json(0, "The body is not UTF-8")));
    }
    try {
      JsonNode node = mapper.readTree(text);
      if (node.isMissingNode()) {
        throw new Invalid(List.of(Violation.missing(List.of(new Violation.Step.Key("body")))));
      }
      return node;
    } catch (StreamConstraintsException e) {
      throw new Invalid(
          List.of(
              Violation.json(
                  offset(e),
                  "Nested deeper than "
                      + MAX_DEPTH
                      + " levels, or a number or name beyond all measure")));
    } catch (ArithmeticException | NumberFormatException e) {
      // An exponent beyond BigDecimal's leaves the parser as it comes.
      throw new Invalid(List.of(Violation.json(0, "A number beyond all measure")));
    } catch (JsonProcessingException e) {
      String error =
          e.getOriginalMessage().startsWith("Duplicate") ? "Duplicate key" : "Not valid JSON";
      throw new Invalid(List.of(Violation.json(offset(e), error)));
    }
  }

  private static int offset(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null ? 0 : (int) Math.max(0, location.getCharOffset());
  }

  /** Writes a record as one line of JSON. */
  byte[] write(Record value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = mapper.createGenerator(out)) {
      write(json, shape(value.getClass()), value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes a record as one line of JSON. */
  String text(Record value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  private void write(JsonGenerator json, Shape shape, Object value) throws IOException {
    switch (shape) {
      case Shape.Text text -> json.writeString((String) value);
      case Shape.Whole whole -> json.writeNumber(((Number) value).longValue());
      case Shape.Decimal decimal -> {
        double number = (Double) value;
        // JSON has neither infinity nor NaN.
        json.writeNumber(Double.isFinite(number) ? number : 0);
      }
      case Shape.Flag flag -> json.writeBoolean((Boolean) value);
      case Shape.Moment moment -> json.writeString(((Instant) value).toString());
      case Shape.Any any -> mapper.writeTree(json, (JsonNode) value);
      case Shape.ListOf list -> {
        json.writeStartArray();
        for (Object each : (List<?>) value) {
          write(json, list.item(), each);
        }
        json.writeEndArray();
      }
      case Shape.MapOf map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
          json.writeFieldName((String) each.getKey());
          write(json, map.value(), each.getValue());
        }
        json.writeEndObject();
      }
      case Shape.Maybe maybe -> {
        Optional<?> content = content(maybe.absence(), value);
        if (content.isPresent()) {
          write(json, maybe.shape(), content.get());
        } else {
          json.writeNull();
        }
      }
      case Shape.Struct struct -> {
        json.writeStartObject();
        for (Shape.Member member : struct.members()) {
          Object each = member.of((Record) value);
          boolean leftOut =
              member.shape() instanceof Shape.Maybe maybe
                  && !member.rules().nullable()
                  && content(maybe.absence(), each).isEmpty();
          if (!leftOut) {
            json.writeFieldName(member.name());
            write(json, member.shape(), each);
          }
        }
        json.writeEndObject();
      }
      case Shape.Union union -> {
        for (Shape.Struct alternative : union.alternatives()) {
          if (alternative.type().isInstance(value)) {
            Shape.Member only = alternative.members().getFirst();
            write(json, only.shape(), only.of((Record) value));
          }
        }
      }
    }
  }

  private static Optional<?> content(Shape.Absence absence, Object optional) {
    return switch (absence) {
      case OBJECT -> (Optional<?>) optional;
      case INT -> {
        OptionalInt number = (OptionalInt) optional;
        yield number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
      }
      case LONG -> {
        OptionalLong number = (OptionalLong) optional;
        yield number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
      }
      case DOUBLE -> {
        OptionalDouble number = (OptionalDouble) optional;
        yield number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
      }
    };
  }
}
