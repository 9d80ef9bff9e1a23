package dev.slipway.aws.wire;

import java.util.Optional;

/**
 * Whose name a request is signed in.
 *
 * @param id says which key it is; no secret
 * @param secret the key itself
 * @param token of a session, for keys that end with it
 */
public record Keys(String id, String secret, Optional<String> token) {
  @Override
  public String toString() {
    return "Keys[id=" + id + "]";
  }
}
