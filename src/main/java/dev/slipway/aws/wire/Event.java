package dev.slipway.aws.wire;

import java.util.Map;

/**
 * One message of an event stream.
 *
 * @param headers those whose values are text, by name
 * @param payload any bytes
 */
public record Event(Map<String, String> headers, byte[] payload) {

  /** Returns a header, empty if there is none. */
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }
}
