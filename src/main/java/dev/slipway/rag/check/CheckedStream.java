package dev.slipway.rag.check;

import dev.slipway.endpoint.ChatModel.TokenSink;
import dev.slipway.endpoint.Waiting;
import java.util.Optional;

/**
 * Passes the text of one streamed answer on, but for what could still become something that must
 * not be shown: that is held back until it is decided. At most {@link PersonalForm#LONGEST}
 * characters are held for personal data, and {@link Expressions#HELD} for the expressions: of a
 * match that is longer, what was sent before it was complete stays sent. Used by one thread.
 */
final class CheckedStream implements TokenSink {
  private final Redaction redaction;
  private final Expressions output;
  private final TokenSink sink;
  private final StringBuilder text = new StringBuilder();
  private int sent;

  CheckedStream(ContentChecks checks, TokenSink sink) {
    this.redaction = checks.redaction();
    this.output = checks.output();
    this.sink = sink;
  }

  @Override
  public void token(String piece) {
    text.append(piece);
    int open = text.length();
    if (!output.nothing()) {
      Expressions.Look look = output.look(text, sent);
      if (look.found()) {
        throw ContentChecks.withheld();
      }
      open = look.open();
    }
    send(open, false);
  }

  @Override
  public void waiting(Waiting waiting) {
    sink.waiting(waiting);
  }

  /** Passes on the rest, which nothing follows. */
  void end() {
    if (output.foundIn(text)) {
      throw ContentChecks.withheld();
    }
    send(text.length(), true);
  }

  private void send(int limit, boolean all) {
    StringBuilder ready = new StringBuilder();
    while (sent < limit) {
      int open = all ? limit : Math.min(limit, redaction.open(text, sent));
      Optional<Redaction.Span> next =
          redaction.new Scan(text).next(sent).filter(span -> span.start() < open);
      if (next.isEmpty()) {
        ready.append(text, sent, open);
        sent = open;
        break;
      }
      ready.append(text, sent, next.get().start()).append(next.get().label());
      sent = next.get().end();
    }
    if (!ready.isEmpty()) {
      sink.token(ready.toString());
    }
  }
}
