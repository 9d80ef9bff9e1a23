package dev.slipway.deploy.synthesis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a blueprint as JSON and reads it back: how it gets from one process to another. Equal
 * blueprints give the same bytes. A record that is added to the blueprint needs nothing here.
 */
public final class BlueprintDocument {
  /** Says which record of a sealed type an object is. */
  private static final String WHICH = "is";

  private static final JsonMapper JSON = new JsonMapper();

  private BlueprintDocument() {}

  /** Returns the document of a blueprint. */
  public static String write(Blueprint blueprint) {
    return tree(blueprint).toString();
  }

  /**
   * Reads a document.
   *
   * @throws IllegalArgumentException if it is none that {@link #write} wrote
   */
  public static Blueprint read(String document) {
    try {
      return (Blueprint) Objects.requireNonNull(value(JSON.readTree(document), Blueprint.class));
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalArgumentException("no document of a blueprint", e);
    }
  }

  private static JsonNode tree(@Nullable Object value) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (value) {
      case null -> make.nullNode();
      case Optional<?> optional -> tree(optional.orElse(null));
      case OptionalInt number ->
          number.isPresent() ? make.numberNode(number.getAsInt()) : make.nullNode();
      case Boolean yes -> make.booleanNode(yes);
      case Integer number -> make.numberNode(number);
      case Long number -> make.numberNode(number);
      case Set<?> set -> array(set.stream().map(each -> tree(each)).sorted(BY_TEXT));
      case Collection<?> list -> array(list.stream().map(each -> tree(each)));
      case Map<?, ?> map -> {
        ObjectNode node = make.objectNode();
        var sorted = new TreeMap<String, Object>();
        map.forEach((key, each) -> sorted.put(String.valueOf(key), each));
        sorted.forEach((key, each) -> node.set(key, tree(each)));
        yield node;
      }
      case ResourceNames names ->
          make.objectNode()
              .put("deployment", names.deployment())
              .put("environment", names.environment())
              .put("components", names.component().isPresent());
      case Record entry -> object(entry);
      case Enum<?> choice -> make.textNode(choice.name());
      case String text -> make.textNode(text);
      case Duration duration -> make.textNode(duration.toString());
      case URI address -> make.textNode(address.toString());
      default -> throw new IllegalStateException("no JSON for " + value.getClass());
    };
  }

  private static final java.util.Comparator<JsonNode> BY_TEXT =
      java.util.Comparator.comparing(JsonNode::toString);

  private static JsonNode array(Stream<JsonNode> elements) {
    var node = JsonNodeFactory.instance.arrayNode();
    elements.forEach(node::add);
    return node;
  }

  private static ObjectNode object(Record entry) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (Arrays.stream(entry.getClass().getInterfaces()).anyMatch(Class::isSealed)) {
      node.put(WHICH, entry.getClass().getSimpleName());
    }
    for (RecordComponent component : entry.getClass().getRecordComponents()) {
      node.set(component.getName(), tree(call(() -> component.getAccessor().invoke(entry))));
    }
    return node;
  }

  private static @Nullable Object value(JsonNode node, Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection(node, (Class<?>) generic.getRawType(), generic.getActualTypeArguments());
    }
    Class<?> wanted = (Class<?>) type;
    if (wanted == OptionalInt.class) {
      return node.isNull() ? OptionalInt.empty() : OptionalInt.of(node.intValue());
    } else if (wanted == String.class) {
      return node.textValue();
    } else if (wanted == boolean.class) {
      return node.booleanValue();
    } else if (wanted == int.class || wanted == Integer.class) {
      return node.intValue();
    } else if (wanted == long.class) {
      return node.longValue();
    } else if (wanted == Duration.class) {
      return Duration.parse(node.textValue());
    } else if (wanted == URI.class) {
      return URI.create(node.textValue());
    } else if (wanted == ResourceNames.class) {
      return ResourceNames.of(
          node.get("deployment").textValue(),
          node.get("environment").textValue(),
          node.get("components").booleanValue());
    } else if (wanted.isEnum()) {
      return Arrays.stream(wanted.getEnumConstants())
          .filter(each -> ((Enum<?>) each).name().equals(node.textValue()))
          .findFirst()
          .orElseThrow();
    } else if (wanted.isSealed()) {
      return Arrays.stream(wanted.getPermittedSubclasses())
          .filter(each -> each.getSimpleName().equals(node.get(WHICH).textValue()))
          .map(each -> value(node, each))
          .findFirst()
          .orElseThrow();
    }
    return entry(node, wanted);
  }

  private static Object collection(JsonNode node, Class<?> raw, Type[] of) {
    if (raw == Optional.class) {
      return node.isNull() ? Optional.empty() : Optional.ofNullable(value(node, of[0]));
    } else if (raw == Map.class) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.properties()
          .forEach(each -> map.put(each.getKey(), filled(value(each.getValue(), of[1]))));
      return map;
    }
    Collection<Object> elements = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
    node.forEach(each -> elements.add(filled(value(each, of[0]))));
    return elements;
  }

  private static Object filled(@Nullable Object value) {
    return Objects.requireNonNull(value);
  }

  private static Object entry(JsonNode node, Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<@Nullable Object> arguments = new ArrayList<>();
    for (RecordComponent component : components) {
      arguments.add(
          value(
              Objects.requireNonNull(node.get(component.getName()), component.getName()),
              component.getGenericType()));
    }
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return filled(
        call(
            () -> {
              Constructor<?> constructor = type.getDeclaredConstructor(parameters);
              return constructor.newInstance(arguments.toArray());
            }));
  }

  /** Something that reflection does. */
  @FunctionalInterface
  private interface Reflected {
    @Nullable Object run() throws ReflectiveOperationException;
  }

  private static @Nullable Object call(Reflected reflected) {
    try {
      return reflected.run();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the blueprint's records are public", e);
    }
  }
}
