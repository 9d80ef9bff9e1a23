package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.standin.kernel.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One answer as it goes out. */
record WireAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {

  WireAnswer(int status, String contentType, byte[] body) {
    this(status, contentType, body, Map.of());
  }

  /** Returns it with one header more. */
  WireAnswer with(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new WireAnswer(status, contentType, body, more);
  }

  static WireAnswer json(int status, JsonNode document) {
    return new WireAnswer(
        status, "application/x-amz-json-1.1", document.toString().getBytes(StandardCharsets.UTF_8));
  }

  static WireAnswer xml(int status, Xml document) {
    return new WireAnswer(status, "text/xml", document.bytes());
  }

  /** Returns an error of the Query protocol. */
  static WireAnswer queryError(AwsError error) {
    Xml xml = new Xml();
    xml.in(
        "ErrorResponse",
        () -> {
          xml.in(
              "Error",
              () ->
                  xml.put("Type", error.status() < 500 ? "Sender" : "Receiver")
                      .put("Code", error.code())
                      .put("Message", error.text()));
          xml.put("RequestId", "00000000-0000-4000-8000-000000000000");
        });
    return xml(error.status(), xml);
  }

  /** Returns an error of S3. */
  static WireAnswer objectError(AwsError error) {
    Xml xml = new Xml();
    xml.in("Error", () -> xml.put("Code", error.code()).put("Message", error.text()));
    return new WireAnswer(error.status(), "application/xml", xml.bytes());
  }

  /** Returns an error of the JSON protocols. */
  static WireAnswer jsonError(AwsError error) {
    ObjectNode document =
        Json.object()
            .put("__type", error.code())
            .put("message", error.text())
            .put("Message", error.text());
    if (error.code().equals("ModelError")) {
      document.put("OriginalStatusCode", 400).put("OriginalMessage", "no chat completion");
    }
    return json(error.status(), document);
  }
}
