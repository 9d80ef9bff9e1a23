package dev.slipway.standin.stacks;

/** How far a resource is with what was begun. */
sealed interface Progress {
  /** It works on it. */
  record Working() implements Progress {}

  /** It is done. */
  record Done() implements Progress {}

  /** It could not be done. */
  record Failed(String reason) implements Progress {}
}
