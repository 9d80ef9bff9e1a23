package dev.slipway.aws.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an answer begins with.
 *
 * @param status three digits
 * @param headers names in lower case and values, in turn
 * @param lasting whether the server means to keep the connection
 */
record Head(int status, List<String> headers, boolean lasting) {
  private static final int MAX_HEADERS = 100;
  private static final int MAX_CHARACTERS = 64 << 10;

  /**
   * Reads the head of an answer, after those that are only provisional.
   *
   * @throws IOException if it is no HTTP
   */
  static Head read(Connection connection) throws IOException {
    for (int provisional = 0; provisional < 10; provisional++) {
      Head head = one(connection);
      if (head.status >= 200 || head.status == 101) {
        return head;
      }
    }
    throw new IOException("nothing but provisional answers");
  }

  private static Head one(Connection connection) throws IOException {
    String line = connection.line();
    // HTTP/1.1 200 OK; the reason may be missing.
    if (line.length() < 12 || !line.startsWith("HTTP/1.") || line.charAt(8) != ' ') {
      throw new IOException("the answer is not HTTP/1.1");
    }
    int status = number(line.substring(9, 12), 10, 599);
    List<String> headers = new ArrayList<>(24);
    int characters = 0;
    for (String next = connection.line(); !next.isEmpty(); next = connection.line()) {
      int colon = next.indexOf(':');
      characters += next.length();
      if (colon <= 0 || headers.size() >= 2 * MAX_HEADERS || characters > MAX_CHARACTERS) {
        throw new IOException("the headers of the answer are not HTTP, or too many");
      }
      headers.add(next.substring(0, colon).toLowerCase(Locale.ROOT));
      headers.add(next.substring(colon + 1).strip());
    }
    Head head = new Head(status, headers, line.charAt(7) != '0');
    return head.says("connection", "close") ? head.last() : head;
  }

  /** Returns the same, of a connection that is not to be used again. */
  Head last() {
    return new Head(status, headers, false);
  }

  /** Returns a header's first value. */
  Optional<String> header(String name) {
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equals(name)) {
        return Optional.of(headers.get(i + 1));
      }
    }
    return Optional.empty();
  }

  boolean succeeded() {
    return status >= 200 && status < 300;
  }

  /** Returns whether a header has a word among its values. */
  private boolean says(String name, String word) {
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equals(name)) {
        for (String each : headers.get(i + 1).split(",", -1)) {
          if (each.strip().equalsIgnoreCase(word)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Returns the body that follows.
   *
   * @throws IOException if it can't be told where it ends
   */
  Body body(Connection connection) throws IOException {
    if (status == 204 || status == 304) {
      return Body.ofLength(connection, 0);
    }
    Optional<String> coding = header("transfer-encoding");
    if (coding.isPresent()) {
      if (!coding.get().equalsIgnoreCase("chunked")) {
        throw new IOException("the answer's transfer encoding is unknown");
      }
      return Body.chunked(connection);
    }
    Optional<String> length = header("content-length");
    if (length.isEmpty()) {
      return Body.untilClosed(connection);
    }
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equals("content-length") && !headers.get(i + 1).equals(length.get())) {
        throw new IOException("the answer has two lengths");
      }
    }
    return Body.ofLength(connection, number(length.get(), 10, Long.MAX_VALUE));
  }

  /** Returns a number without a sign. */
  private static int number(String text, int radix, int most) throws IOException {
    return (int) number(text, radix, (long) most);
  }

  static long number(String text, int radix, long most) throws IOException {
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), radix);
      if (digit < 0 || number > (most - digit) / radix) {
        throw new IOException("a number of the answer is none, or too large");
      }
      number = number * radix + digit;
    }
    if (text.isEmpty()) {
      throw new EOFException("a number of the answer is missing");
    }
    return number;
  }
}
