package dev.slipway.api;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The JSON shape of a Java type. Reading a request, writing a response and the OpenAPI document all
 * switch over it, so that they can't disagree.
 */
sealed interface Shape {
  /** What begins a word within a name. */
  Pattern UPPER = Pattern.compile("[A-Z]");

  /** A string. */
  record Text() implements Shape {}

  /** An integer of 32 bits, or 64 if wide. */
  record Whole(boolean wide) implements Shape {}

  /** A number. */
  record Decimal() implements Shape {}

  /** True or false. */
  record Flag() implements Shape {}

  /** A time in ISO 8601. */
  record Moment() implements Shape {}

  /** Any JSON. */
  record Any() implements Shape {}

  /** An array. */
  record ListOf(Shape item) implements Shape {}

  /** An object with free keys. */
  record MapOf(Shape value) implements Shape {}

  /** Something that may be absent. */
  record Maybe(Shape shape, Absence absence) implements Shape {}

  /** A record: an object with known keys. */
  record Struct(
      Class<? extends Record> type, List<Member> members, Constructor<? extends Record> constructor)
      implements Shape {}

  /**
   * A sealed interface: one of several kinds of JSON, each held by a record with one component.
   *
   * @param alternatives told apart by the kind of JSON that their component takes
   */
  record Union(Class<?> type, List<Struct> alternatives) implements Shape {}

  /** Which of Java's optionals says that something is absent. */
  enum Absence {
    OBJECT,
    INT,
    LONG,
    DOUBLE
  }

  /** One component of a record. */
  record Member(String name, Field rules, Shape shape, Method accessor) {
    /** Returns the component's value in the given record. */
    Object of(Record owner) {
      try {
        return accessor.invoke(owner);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("Cannot read " + accessor, e);
      }
    }
  }

  /** Returns the shape of a record. */
  static Struct of(Class<? extends Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<Member> members = new ArrayList<>();
    for (RecordComponent component : components) {
      Field rules = component.getAnnotation(Field.class);
      members.add(
          new Member(
              snake(component.getName()),
              rules == null ? Unruled.FIELD : rules,
              of(component.getGenericType()),
              component.getAccessor()));
    }
    try {
      return new Struct(
          type,
          List.copyOf(members),
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new)));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("A record without its constructor: " + type, e);
    }
  }

  private static Shape of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ListOf(of(arguments[0]));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new MapOf(of(arguments[1]));
      }
      if (generic.getRawType() == Optional.class) {
        return new Maybe(of(arguments[0]), Absence.OBJECT);
      }
    }
    if (type instanceof Class<?> plain) {
      if (plain == String.class) {
        return new Text();
      }
      if (plain == int.class || plain == Integer.class) {
        return new Whole(false);
      }
      if (plain == long.class || plain == Long.class) {
        return new Whole(true);
      }
      if (plain == double.class || plain == Double.class) {
        return new Decimal();
      }
      if (plain == boolean.class || plain == Boolean.class) {
        return new Flag();
      }
      if (plain == Instant.class) {
        return new Moment();
      }
      if (plain == com.fasterxml.jackson.databind.JsonNode.class) {
        return new Any();
      }
      if (plain == OptionalInt.class) {
        return new Maybe(new Whole(false), Absence.INT);
      }
      if (plain == OptionalLong.class) {
        return new Maybe(new Whole(true), Absence.LONG);
      }
      if (plain == OptionalDouble.class) {
        return new Maybe(new Decimal(), Absence.DOUBLE);
      }
      if (plain.isRecord()) {
        return of(plain.asSubclass(Record.class));
      }
      if (plain.isSealed()) {
        return new Union(
            plain,
            Arrays.stream(plain.getPermittedSubclasses())
                .map(each -> of(each.asSubclass(Record.class)))
                .toList());
      }
    }
    throw new IllegalArgumentException("No JSON shape for " + type);
  }

  private static String snake(String name) {
    return UPPER.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT);
  }

  /** Holds the rules of a component that has none. */
  record Unruled(@Field int component) {
    static final Field FIELD = Unruled.class.getRecordComponents()[0].getAnnotation(Field.class);
  }
}
