package dev.slipway.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * Either one value or something with structure.
 *
 * @param simple reads text, numbers and booleans
 * @param structured reads lists and maps
 */
record ChoiceType<T>(ScalarType<T> simple, Type<T> structured) implements Type<T> {

  @Override
  public Optional<T> read(Element element, Findings findings) {
    return switch (element) {
      case Element.Scalar scalar
          when scalar.kind() != Element.Kind.SUBSTITUTED
              && !simple.kinds().contains(scalar.kind()) ->
          unfit(scalar, findings);
      case Element.Scalar scalar -> simple.read(scalar, findings);
      case Element.Sequence sequence -> structuredOnly(sequence, structured, findings);
      case Element.Mapping mapping -> structuredOnly(mapping, structured, findings);
      case Element.Unknown _ -> Optional.empty();
    };
  }

  private Optional<T> structuredOnly(Element element, Type<T> reader, Findings findings) {
    boolean list = reader instanceof ListType<?>;
    return list == element instanceof Element.Sequence
        ? reader.read(element, findings)
        : unfit(element, findings);
  }

  @Override
  public String words() {
    return simple.words() + ", or " + structured.words();
  }

  @Override
  public ObjectNode schema() {
    return Type.anyOf(List.of(simple.schema(), structured.schema()));
  }

  @Override
  public List<Described> inside(String path) {
    return structured.inside(path);
  }
}
