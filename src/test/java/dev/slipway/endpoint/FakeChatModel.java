package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Says the pieces that a test gives it. Keeps the contract of {@link ChatModelContract}.
 *
 * <p>The usage counts words, so that it is never zero.
 */
public final class FakeChatModel implements ChatModel {
  private final Function<Request, List<String>> pieces;
  private final Optional<RuntimeException> failure;
  private final List<Request> requests = new ArrayList<>();

  private FakeChatModel(
      Function<Request, List<String>> pieces, Optional<RuntimeException> failure) {
    this.pieces = pieces;
    this.failure = failure;
  }

  /** Returns a model that says these pieces, whatever it is asked. */
  public static FakeChatModel saying(String... pieces) {
    List<String> copy = List.of(pieces);
    return new FakeChatModel(request -> copy, Optional.empty());
  }

  /** Returns a model that says these pieces and then fails. */
  public static FakeChatModel failing(RuntimeException failure, String... pieces) {
    List<String> copy = List.of(pieces);
    return new FakeChatModel(request -> copy, Optional.of(failure));
  }

  /** Returns a model that answers each request as the function says. */
  public static FakeChatModel answering(Function<Request, List<String>> pieces) {
    return new FakeChatModel(pieces, Optional.empty());
  }

  /** Returns what was asked so far. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public Reply chat(Request request) {
    return answer(request, text -> {});
  }

  @Override
  public Reply stream(Request request, TokenSink sink) {
    return answer(request, sink);
  }

  private Reply answer(Request request, TokenSink sink) {
    synchronized (this) {
      requests.add(request);
    }
    if (request.deadline().over()) {
      throw new EndpointFailure(
          Kind.TIMEOUT, OptionalInt.empty(), "not asked", "too late", "wait", null);
    }
    StringBuilder text = new StringBuilder();
    for (String piece : pieces.apply(request)) {
      text.append(piece);
      sink.token(piece);
    }
    failure.ifPresent(
        thrown -> {
          throw thrown;
        });
    int prompt = request.messages().stream().mapToInt(message -> words(message.content())).sum();
    return new Reply(
        text.toString(),
        Optional.of(FinishReason.STOP),
        Optional.of(new Usage(prompt, words(text.toString()))));
  }

  private static int words(String text) {
    return text.strip().split("\\s+").length;
  }
}
