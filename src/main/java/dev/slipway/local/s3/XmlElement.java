package dev.slipway.local.s3;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One element of a request's XML.
 *
 * @param name without its namespace
 * @param text directly in it
 * @param children in their order
 */
record XmlElement(String name, String text, List<XmlElement> children) {
  /** S3's documents are three deep. */
  private static final int DEEPEST = 16;

  /**
   * Reads a document. Declarations of types and entities are refused.
   *
   * @throws S3Failure {@code MalformedXML}
   */
  static XmlElement parse(byte[] document) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
      reader.nextTag();
      return element(reader, 0);
    } catch (XMLStreamException | RuntimeException e) {
      throw new S3Failure(
          S3Failure.Code.MALFORMED_XML,
          "The XML you provided was not well-formed or did not validate against our published"
              + " schema",
          e);
    }
  }

  private static XmlElement element(XMLStreamReader reader, int depth) throws XMLStreamException {
    if (depth > DEEPEST) {
      throw new XMLStreamException("too deep");
    }
    String name = reader.getLocalName();
    StringBuilder text = new StringBuilder();
    List<XmlElement> children = new ArrayList<>();
    while (true) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          return new XmlElement(name, text.toString(), List.copyOf(children));
        }
        case XMLStreamConstants.COMMENT,
            XMLStreamConstants.SPACE,
            XMLStreamConstants.PROCESSING_INSTRUCTION -> {}
        default -> throw new XMLStreamException("not expected here");
      }
    }
  }

  List<XmlElement> all(String child) {
    return children.stream().filter(one -> one.name().equals(child)).toList();
  }

  Optional<String> first(String child) {
    return all(child).stream().findFirst().map(XmlElement::text);
  }
}
