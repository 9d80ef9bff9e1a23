package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a second model where the first one fails before it has said anything. Thread-safe as long as
 * both are.
 */
public final class FallbackChatModel implements ChatModel {
  private static final Logger LOG = LoggerFactory.getLogger(FallbackChatModel.class);

  private final ChatModel first;
  private final ChatModel second;

  /** Makes a model of two. */
  public FallbackChatModel(ChatModel first, ChatModel second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public Reply chat(Request request) {
    try {
      return first.chat(request);
    } catch (EndpointFailure failure) {
      return instead(failure, request, () -> second.chat(request));
    }
  }

  @Override
  public Reply stream(Request request, TokenSink sink) {
    AtomicBoolean begun = new AtomicBoolean();
    try {
      return first.stream(
          request,
          new TokenSink() {
            @Override
            public void token(String text) {
              begun.set(true);
              sink.token(text);
            }

            @Override
            public void waiting(Waiting waiting) {
              sink.waiting(waiting);
            }
          });
    } catch (EndpointFailure failure) {
      if (begun.get()) {
        // Two models' words must not be mixed.
        throw failure;
      }
      return instead(failure, request, () -> second.stream(request, sink));
    }
  }

  /** Asks the second. */
  private interface Asking {
    Reply ask();
  }

  private static Reply instead(EndpointFailure failure, Request request, Asking asking) {
    boolean askersFault =
        switch (failure.kind()) {
          case INVALID_REQUEST -> true;
          case NOT_FOUND, MODEL_ERROR, NOT_READY, UNAVAILABLE, TIMEOUT, DENIED, MALFORMED -> false;
        };
    if (askersFault || request.deadline().over()) {
      throw failure;
    }
    LOG.info("Asking the fallback endpoint, because {}", failure.code());
    try {
      return asking.ask();
    } catch (EndpointFailure secondFailure) {
      secondFailure.addSuppressed(failure);
      throw secondFailure;
    }
  }
}
