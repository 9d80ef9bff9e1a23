package dev.slipway.cli;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.StoredRequests;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.AsyncRoundTrip;
import dev.slipway.endpoint.Breaker;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.PatientClient;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.endpoint.Waiting;
import dev.slipway.endpoint.Way;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.EndpointSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Asks an endpoint in the cloud: {@code slipway ask} and {@code slipway invoke}. */
record CloudQuestion(Surroundings surroundings, CloudTarget target, Duration deadline) {

  /** Asks a question, without retrieval. */
  int ask(String question, boolean json) {
    try (Cloud cloud = target.open(surroundings);
        Reach reach = reach(cloud)) {
      console()
          .say("Asking the endpoint " + reach.endpoint() + " itself: no documents are searched.");
      var model = reach.model();
      var request =
          new ChatModel.Request(
              List.of(new ChatModel.Message(ChatModel.Role.USER, question)),
              ChatModel.Sampling.defaults(),
              Deadline.in(deadline));
      long start = System.nanoTime();
      ChatModel.Reply reply = json ? model.chat(request) : model.stream(request, this::show);
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      if (json) {
        console().json(document(reply, millis));
      } else {
        console().data("");
        console().plain("  " + tokens(reply) + millis + " ms");
      }
      return ExitCode.DONE;
    }
  }

  /** Sends a body as it is, and writes the answer as it comes. */
  int invoke(byte[] body, String contentType, String accept, boolean stream, AnswerSink sink) {
    try (Cloud cloud = target.open(surroundings);
        Reach reach = reach(cloud)) {
      Way way = Way.choose(reach.async(), body.length, deadline, stream);
      var invocation =
          new RuntimeClient.Invocation(
              reach.endpoint(),
              reach.component(),
              contentType,
              accept,
              body,
              Deadline.in(deadline));
      AtomicLong bytes = new AtomicLong();
      switch (way) {
        case STREAMED ->
            reach.client().stream(
                invocation,
                part -> {
                  bytes.addAndGet(part.length);
                  sink.take(part);
                });
        case WHOLE, ASYNC -> {
          byte[] answer = reach.client().invoke(invocation);
          bytes.addAndGet(answer.length);
          sink.take(answer);
        }
      }
      console().plain(bytes + " bytes from " + reach.endpoint() + ".");
      return ExitCode.DONE;
    }
  }

  /** Takes the bytes of an answer. */
  interface AnswerSink {
    void take(byte[] part);
  }

  /**
   * What is asked.
   *
   * @param async whether it is an asynchronous endpoint
   */
  private record Reach(
      EndpointName endpoint,
      Optional<String> component,
      boolean async,
      RuntimeClient client,
      Optional<StoredRequests> stored)
      implements AutoCloseable {
    ChatModel model() {
      return async
          ? EndpointChatModel.async(client, endpoint)
          : new EndpointChatModel(client, endpoint, component);
    }

    @Override
    public void close() {
      stored.ifPresent(StoredRequests::close);
    }
  }

  private Reach reach(Cloud cloud) {
    target
        .withoutEndpoint(cloud)
        .ifPresent(
            service -> {
              throw new UsageFailure(
                  "There is no endpoint of \"" + target.title() + "\" to invoke",
                  "a model beside its service answers, at " + service,
                  "Ask that: slipway ask, or POST " + service + "/v1/chat/completions.");
            });
    Pace pace = target.pace(surroundings);
    EndpointName endpoint = target.endpoint(cloud);
    boolean async =
        target
            .manifest()
            .map(manifest -> manifest.endpoint() instanceof EndpointSpec.Async)
            .orElseGet(() -> deployedAsAsync(cloud));
    if (async) {
      var stored = StoredRequests.open(cloud, target.names());
      var client =
          new AsyncRoundTrip(
              cloud.runtime(),
              stored,
              pace::pause,
              AsyncRoundTrip.Onlooker.withTheBucket(
                  told -> console().say("  " + told), "allow more time (--deadline)."));
      return new Reach(endpoint, Optional.empty(), true, client, Optional.of(stored));
    }
    var client =
        new PatientClient(
            cloud.runtime(),
            new Breaker(),
            PatientClient.Patience.UNTIL_READY,
            pace::pause,
            waiting -> console().say(told(endpoint, waiting)));
    return new Reach(endpoint, target.component(cloud, endpoint), false, client, Optional.empty());
  }

  private static String told(EndpointName endpoint, Waiting waiting) {
    return "\""
        + endpoint
        + "\" can't answer yet: "
        + waiting.why()
        + " Waiting up to "
        + waiting.atMost().toSeconds()
        + " s for it.";
  }

  private boolean deployedAsAsync(Cloud cloud) {
    return cloud
        .stacks()
        .find(target.names().endpointStack())
        .map(stack -> cloud.stacks().template(stack.id()).contains("AsyncInferenceConfig"))
        .orElse(false);
  }

  private void show(String text) {
    console().out().print(text);
    console().out().flush();
  }

  private static String tokens(ChatModel.Reply reply) {
    return reply.usage().map(usage -> usage.completionTokens() + " tokens in ").orElse("in ");
  }

  /** The document of {@code POST /rag}, of an answer that nothing was searched for. */
  private static Map<String, Object> document(ChatModel.Reply reply, long millis) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("answer", reply.text());
    document.put("sources", List.of());
    Map<String, Integer> usage = new LinkedHashMap<>();
    reply
        .usage()
        .ifPresent(
            counted -> {
              usage.put("prompt_tokens", counted.promptTokens());
              usage.put("completion_tokens", counted.completionTokens());
              usage.put("total_tokens", counted.totalTokens());
            });
    document.put("usage", usage);
    document.put("timings", Map.of("endpoint", millis, "total", millis));
    document.put("trace_id", "");
    return document;
  }

  private Console console() {
    return surroundings.console();
  }
}
