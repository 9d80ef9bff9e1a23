package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.standin.kernel.AwsError;
import java.io.IOException;
import java.time.Instant;

/** Reads and writes the documents of the JSON protocols. */
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode read(byte[] body) {
    try {
      return body.length == 0 ? object() : MAPPER.readTree(body);
    } catch (IOException e) {
      throw new AwsError(400, "SerializationException", "The request is not JSON");
    }
  }

  /** Returns a moment as the JSON protocols write it. */
  static double seconds(Instant moment) {
    return moment.toEpochMilli() / 1000.0;
  }
}
