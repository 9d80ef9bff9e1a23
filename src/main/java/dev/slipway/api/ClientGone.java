package dev.slipway.api;

/** Says that the client is not there any more: nobody is left to tell. */
final class ClientGone extends RuntimeException {
  ClientGone(Throwable cause) {
    super("the client is gone", cause, false, false);
  }
}
