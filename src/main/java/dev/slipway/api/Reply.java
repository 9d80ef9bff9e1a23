package dev.slipway.api;

import java.util.Map;

/** What a handler answers. */
sealed interface Reply {

  /** One JSON document. */
  record Json(int status, Record body, Map<String, String> headers) implements Reply {
    /** Answers 200. */
    static Json ok(Record body) {
      return new Json(200, body, Map.of());
    }
  }

  /** Anything else that is whole. */
  record Bytes(int status, String contentType, byte[] body, Map<String, String> headers)
      implements Reply {}

  /** Server-sent events; nothing is sent, and the status is open, until the first one. */
  record Events(Feed feed) implements Reply {}

  /** Writes events. */
  interface Feed {
    /** Writes all events, from the first to the last; returns when the stream is to end. */
    void write(EventStream out);

    /** Returns the event that ends a stream that fails after it began. */
    String failure(Problem problem);
  }
}
