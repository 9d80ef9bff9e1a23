package dev.slipway.local.container;

/** Where the container's model is in its life. */
sealed interface ModelState {
  /** It is being loaded. */
  record Loading() implements ModelState {}

  /** It answers. */
  record Ready(LlamaEngine engine) implements ModelState {}

  /** It can't be loaded. */
  record Failed(String reason) implements ModelState {}
}
