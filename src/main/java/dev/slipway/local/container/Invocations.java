package dev.slipway.local.container;

import dev.slipway.endpoint.Deadline;
import dev.slipway.local.loopback.CallerWatch;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers {@code /invocations}, whole or streamed. Thread-safe. */
final class Invocations {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final String DEADLINE = "X-Slipway-Deadline-Ms";

  private final Supplier<ModelState> model;
  private final Limits limits;
  private final CallerWatch callers;
  private final BodyReader bodies;
  private final Json json;
  private final Clock clock;

  Invocations(
      Supplier<ModelState> model,
      Limits limits,
      CallerWatch callers,
      BodyReader bodies,
      Json json,
      Clock clock) {
    this.model = model;
    this.limits = limits;
    this.callers = callers;
    this.bodies = bodies;
    this.json = json;
    this.clock = clock;
  }

  /** Answers one request. */
  void answer(ServerRequest request, ServerResponse response) throws InterruptedException {
    try {
      LlamaEngine engine = engine();
      Invocation invocation = bodies.read(body(request));
      Deadline deadline =
          deadline(request, invocation.stream() ? limits.streamed() : limits.whole());
      CallerWatch.Caller caller = callers.caller(response);
      AnswerShape shape = shape(invocation, engine);
      List<Generation> generations = submit(engine, invocation, deadline);
      try {
        if (invocation.stream()) {
          stream(generations.getFirst(), shape, caller, response);
        } else {
          List<Answer> answers = new ArrayList<>();
          for (Generation generation : generations) {
            answers.add(whole(generation, caller));
          }
          send(response, 200, shape.whole(answers));
        }
      } finally {
        generations.forEach(Generation::cancel);
      }
    } catch (RequestProblem e) {
      refuse(response, e);
    }
  }

  /** Answers how many tokens a prompt has, as vLLM's {@code /tokenize} does. */
  void tokenize(ServerRequest request, ServerResponse response) {
    try {
      LlamaEngine engine = engine();
      List<String> prompts = prompts(engine, bodies.readCountable(body(request)));
      int count = prompts.stream().mapToInt(engine::promptTokens).sum();
      send(response, 200, Json.map("count", count, "max_model_len", engine.context()));
    } catch (RequestProblem e) {
      refuse(response, e);
    }
  }

  private LlamaEngine engine() {
    return switch (model.get()) {
      case ModelState.Ready ready -> ready.engine();
      case ModelState.Loading _ -> throw RequestProblem.notReady();
      case ModelState.Failed failed -> throw RequestProblem.engine(failed.reason());
    };
  }

  private byte[] body(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(limits.bodyBytes() + 1);
      if (body.length > limits.bodyBytes()) {
        throw RequestProblem.tooLarge(limits.bodyBytes());
      }
      return body;
    } catch (IOException e) {
      throw RequestProblem.bad("The body could not be read.");
    }
  }

  private static Deadline deadline(ServerRequest request, Duration limit) {
    Optional<String> asked = request.headers().first(HeaderNames.create(DEADLINE));
    try {
      long milliseconds = asked.map(Long::parseLong).orElse(limit.toMillis());
      return Deadline.in(Duration.ofMillis(Math.clamp(milliseconds, 0, limit.toMillis())));
    } catch (NumberFormatException e) {
      throw RequestProblem.bad(DEADLINE, DEADLINE + ": must be a number of milliseconds.");
    }
  }

  private AnswerShape shape(Invocation invocation, LlamaEngine engine) {
    long now = clock.instant().getEpochSecond();
    return switch (invocation) {
      case Invocation.Chat chat -> OpenAiShape.of(chat, json, now);
      case Invocation.Completion completion -> OpenAiShape.of(completion, json, now);
      case Invocation.Inputs inputs -> new GeneratedTextShape(inputs, json, engine::lastTokenId);
    };
  }

  private static List<String> prompts(LlamaEngine engine, Invocation invocation) {
    return switch (invocation) {
      case Invocation.Chat chat -> List.of(engine.render(chat.messages()));
      case Invocation.Completion completion -> completion.prompts();
      case Invocation.Inputs inputs -> inputs.texts();
    };
  }

  private static List<Generation> submit(
      LlamaEngine engine, Invocation invocation, Deadline deadline) {
    List<Generation> generations = new ArrayList<>();
    try {
      for (String prompt : prompts(engine, invocation)) {
        generations.add(engine.submit(prompt, invocation.sampling(), deadline));
      }
      return generations;
    } catch (RequestProblem e) {
      generations.forEach(Generation::cancel);
      throw e;
    }
  }

  private static Answer whole(Generation generation, CallerWatch.Caller caller)
      throws InterruptedException {
    StringBuilder text = new StringBuilder();
    while (true) {
      switch (next(generation, caller)) {
        case Generation.Event.Piece piece -> text.append(piece.text());
        case Generation.Event.Failed failed -> throw failed.problem();
        case Generation.Event.Done done -> {
          return answer(generation, text.toString(), done);
        }
      }
    }
  }

  private static void stream(
      Generation generation, AnswerShape shape, CallerWatch.Caller caller, ServerResponse response)
      throws InterruptedException {
    // The status goes out with the first byte: what fails before it still gets one of its own.
    Generation.Event event = next(generation, caller);
    if (event instanceof Generation.Event.Failed failed) {
      throw failed.problem();
    }
    response.status(Status.OK_200);
    response.header(HeaderNames.CONTENT_TYPE, shape.streamType());
    response.header(HeaderNames.CACHE_CONTROL, "no-cache");
    StringBuilder text = new StringBuilder();
    try (OutputStream out = response.outputStream()) {
      write(out, shape.opening());
      boolean more = true;
      while (more) {
        switch (event) {
          case Generation.Event.Piece piece -> {
            text.append(piece.text());
            write(out, shape.piece(piece.text()));
          }
          case Generation.Event.Failed failed -> {
            write(out, shape.broken(failed.problem()));
            more = false;
          }
          case Generation.Event.Done done -> {
            write(out, shape.closing(answer(generation, text.toString(), done)));
            more = false;
          }
        }
        if (more) {
          event = next(generation, caller);
        }
      }
    } catch (IOException | RuntimeException e) {
      generation.cancel(); // nobody reads any more; Helidon closes the connection
    }
  }

  private static Answer answer(Generation generation, String text, Generation.Event.Done done) {
    return new Answer(
        generation.prompt(),
        text,
        done.ending(),
        generation.promptTokens(),
        done.completionTokens());
  }

  /** Waits for the next event; a client that is gone or a deadline that is over ends the wait. */
  private static Generation.Event next(Generation generation, CallerWatch.Caller caller)
      throws InterruptedException {
    while (true) {
      Optional<Generation.Event> event = generation.next(LOOK);
      if (event.isPresent() && !caller.gone()) {
        return event.get();
      }
      if (caller.gone()) {
        generation.cancel();
        return new Generation.Event.Failed(RequestProblem.abandoned());
      }
      if (generation.deadline().over()) {
        generation.cancel(); // it may wait in the queue, or be deep in a long prompt
        return new Generation.Event.Failed(RequestProblem.late());
      }
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    if (!text.isEmpty()) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private void refuse(ServerResponse response, RequestProblem problem) {
    if (problem.status() == 503) {
      response.header(HeaderNames.RETRY_AFTER, "1");
    }
    send(response, problem.status(), AnswerShape.problem(problem));
  }

  private void send(ServerResponse response, int status, Object document) {
    response.status(Status.create(status));
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(json.line(document).getBytes(StandardCharsets.UTF_8));
  }
}
