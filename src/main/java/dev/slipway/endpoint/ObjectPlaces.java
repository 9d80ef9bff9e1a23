package dev.slipway.endpoint;

import java.util.Optional;

/** Holds the bodies of asynchronous requests and their answers, by {@code s3://} address. */
public interface ObjectPlaces {

  /**
   * Keeps a request's body.
   *
   * @return its address, of no other request
   */
  String keep(byte[] body, String contentType);

  /** Reads an answer; absent as long as there is none. */
  Optional<byte[]> read(String address);

  /** Removes a request's body, and an answer that lies in the deployment's own bucket. */
  void forget(String address);
}
