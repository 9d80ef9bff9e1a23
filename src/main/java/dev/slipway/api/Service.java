package dev.slipway.api;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** A business layer that listens, with all that it opened. */
public final class Service implements AutoCloseable {
  private static final int SMOKE_TOKENS = 16;

  private final ApiServer server;
  private final Entrance entrance;
  private final ChatModel model;
  private final Deque<AutoCloseable> opened;

  Service(ApiServer server, Entrance entrance, ChatModel model, Deque<AutoCloseable> opened) {
    this.server = server;
    this.entrance = entrance;
    this.model = model;
    this.opened = new ArrayDeque<>(opened);
  }

  /** Returns its URL on this machine. */
  public String url() {
    return entrance.url(server.port());
  }

  /**
   * Sends one real request the way that every question goes: an endpoint that is InService may yet
   * fail to answer.
   *
   * @return the tokens it took, absent where the container doesn't say
   * @throws dev.slipway.failure.EndpointFailure if it didn't answer
   */
  public Optional<ChatModel.Usage> verify(String prompt, Duration timeout) {
    return model
        .chat(
            new ChatModel.Request(
                List.of(new ChatModel.Message(ChatModel.Role.USER, prompt)),
                ChatModel.Sampling.defaults().greedy(SMOKE_TOKENS),
                Deadline.in(timeout)))
        .usage();
  }

  /** Drains, stops, and closes what was opened, in the reverse order. */
  @Override
  public void close() {
    closeAll(opened);
  }

  static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LoggerFactory.getLogger(Service.class).warn("A part did not close cleanly", e);
      }
    }
  }
}
