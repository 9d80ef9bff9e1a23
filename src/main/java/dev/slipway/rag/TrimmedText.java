package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel;

/**
 * Passes a streamed text on without its surrounding white space: what is heard, put together, is
 * the trimmed whole. Not thread-safe.
 */
final class TrimmedText implements ChatModel.TokenSink {
  private final ChatModel.TokenSink next;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder held = new StringBuilder();

  TrimmedText(ChatModel.TokenSink next) {
    this.next = next;
  }

  @Override
  public void token(String piece) {
    String ready = text.isEmpty() && held.isEmpty() ? piece.stripLeading() : piece;
    held.append(ready);
    String solid = held.toString().stripTrailing();
    if (solid.isEmpty()) {
      return;
    }
    // White space waits until something follows it.
    held.delete(0, solid.length());
    text.append(solid);
    next.token(solid);
  }

  /** Returns what was passed on so far. */
  String text() {
    return text.toString();
  }
}
