package dev.slipway.local.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Writes the events of a streamed answer, each with one write. */
final class EventStream {
  static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  private static final Map<String, HeaderValue> PART =
      Map.of(
          ":message-type", HeaderValue.fromString("event"),
          ":event-type", HeaderValue.fromString("PayloadPart"),
          ":content-type", HeaderValue.fromString("application/octet-stream"));

  private EventStream() {}

  /** Writes bytes of the answer. */
  static void part(byte[] bytes, int length, OutputStream out) throws IOException {
    write(new Message(PART, Arrays.copyOf(bytes, length)), out);
  }

  /** Writes that the container ended the stream before its time, with SageMaker's code for why. */
  static void modelError(String code, String message, OutputStream out) throws IOException {
    write(exception("ModelStreamError", Map.of("Message", message, "ErrorCode", code)), out);
  }

  /** Writes that the stream ended for a reason that is nobody else's. */
  static void internalFailure(OutputStream out) throws IOException {
    write(
        exception(
            "InternalStreamFailure",
            Map.of("Message", "The stream processing failed. Try your request again.")),
        out);
  }

  private static Message exception(String type, Map<String, Object> members) {
    return new Message(
        Map.of(
            ":message-type", HeaderValue.fromString("exception"),
            ":exception-type", HeaderValue.fromString(type),
            ":content-type", HeaderValue.fromString("application/json")),
        ServiceError.json(members));
  }

  private static void write(Message message, OutputStream out) throws IOException {
    out.write(message.toByteBuffer().array());
  }
}
