package dev.slipway.aws.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The answer to one request. Used by one thread, which closes it: then the connection waits for the
 * next request, or, if the body was not read to its end, is closed, so that the server stops.
 */
public final class Answer implements AutoCloseable {
  /** More than any whole answer of SageMaker's, and less than a heap. */
  private static final int MAX_BODY = 64 << 20;

  private final Connection connection;
  private final Connections home;
  private final Head head;
  private final Body body;

  Answer(Connection connection, Connections home, Head head) throws IOException {
    this.connection = connection;
    this.home = home;
    this.head = head;
    this.body = head.body(connection);
  }

  /** Returns the status, three digits. */
  public int status() {
    return head.status();
  }

  /** Returns whether the request was answered as it wished. */
  public boolean succeeded() {
    return head.succeeded();
  }

  /**
   * Returns a header's first value.
   *
   * @param name in lower case
   */
  public Optional<String> header(String name) {
    return head.header(name);
  }

  /** Returns the body, to be read as it comes. */
  public InputStream stream() {
    return body;
  }

  /** Reads the whole body. */
  public byte[] whole() throws IOException {
    return body.all(MAX_BODY);
  }

  @Override
  public void close() {
    if (head.lasting() && body.leavesConnection()) {
      home.keep(connection);
    } else {
      home.drop(connection);
    }
  }
}
