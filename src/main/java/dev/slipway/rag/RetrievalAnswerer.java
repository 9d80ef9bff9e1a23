package dev.slipway.rag;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Reply;
import dev.slipway.endpoint.ChatModel.Sampling;
import dev.slipway.endpoint.Waiting;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.trace.TraceRecorder;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a question from passages that it retrieves, or hands the conversation to the model as it
 * is; either way it leaves a trace, whatever happens. Thread-safe.
 *
 * <p>Timings of a grounded answer are those of its {@link Retriever}, {@code prompt}, {@code
 * first_token} (streamed only), {@code generate} (which the first token is part of) and {@code
 * total}; without retrieval there are the last three.
 */
public final class RetrievalAnswerer implements Answerer {
  /** What the demo model was trained for; enough for the few sentences that quote a passage. */
  public static final int DEFAULT_ANSWER_TOKENS = 96;

  private static final Logger LOG = LoggerFactory.getLogger(RetrievalAnswerer.class);

  private final Retriever retriever;
  private final ControlTokens controlTokens;
  private final ContextWindow window;
  private final PromptTemplate template;
  private final ChatModel model;
  private final TraceRecorder traces;
  private final AnswerSettings settings;
  private final InstantSource clock;

  /** Makes an answerer of its parts; they stay the caller's to close. */
  public RetrievalAnswerer(
      Retriever retriever,
      ControlTokens controlTokens,
      ContextWindow window,
      PromptTemplate template,
      ChatModel model,
      TraceRecorder traces,
      AnswerSettings settings,
      InstantSource clock) {
    this.retriever = retriever;
    this.controlTokens = controlTokens;
    this.window = window;
    this.template = template;
    this.model = model;
    this.traces = traces;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public Answer answer(Question question, Progress progress) {
    AnswerTrace trace = new AnswerTrace(question, settings, clock.instant());
    try {
      return question.grounded()
          ? grounded(question, progress, trace)
          : direct(question, progress, trace);
    } catch (Throwable failure) {
      trace.failed(failure);
      throw failure;
    } finally {
      record(trace);
    }
  }

  private Answer grounded(Question question, Progress progress, AnswerTrace trace) {
    Conversation conversation = Conversation.of(question.messages()).map(controlTokens::neutralise);
    List<Hit> found = retriever.retrieve(wanted(question, conversation.question()), trace);
    trace.retrieved(found);
    // All that was found is shown, also what a small model is better not given to read.
    List<Hit> sources = found.stream().map(this::neutralise).toList();
    ContextWindow.Fitted prompt =
        trace.timed("prompt", () -> prompt(question.sampling(), conversation, sources));
    trace.prompt(prompt.messages());
    trace.telling(() -> progress.sources(sources));
    return ask(
        question,
        prompt.messages(),
        greedy(question.sampling(), prompt.answerTokens()),
        sources,
        progress,
        trace);
  }

  private Answer direct(Question question, Progress progress, AnswerTrace trace) {
    trace.prompt(question.messages());
    return ask(question, question.messages(), question.sampling(), List.of(), progress, trace);
  }

  private Retriever.Request wanted(Question question, String text) {
    Map<String, String> filter = new HashMap<>(question.filter());
    String collection = filter.remove("collection");
    return new Retriever.Request(
        text,
        collection == null ? settings.collections() : List.of(collection),
        filter,
        question.tenant(),
        question.k().orElse(settings.k()),
        question.deadline());
  }

  private ContextWindow.Fitted prompt(
      Sampling sampling, Conversation conversation, List<Hit> sources) {
    int answerTokens = sampling.maxTokens().orElse(DEFAULT_ANSWER_TOKENS);
    return window.fit(template, conversation, sources, answerTokens);
  }

  private Hit neutralise(Hit hit) {
    Passage p = hit.passage();
    return new Hit(
        new Passage(
            p.id(),
            p.collection(),
            controlTokens.neutralise(p.source()),
            controlTokens.neutralise(p.title()),
            p.position(),
            controlTokens.neutralise(p.text()),
            p.metadata()),
        hit.score());
  }

  private Answer ask(
      Question question,
      List<Message> messages,
      Sampling sampling,
      List<Hit> sources,
      Progress progress,
      AnswerTrace trace) {
    ChatModel.Request request = new ChatModel.Request(messages, sampling, question.deadline());
    Reply reply =
        question.stream()
            ? streamed(request, progress, trace)
            : trace.timed("generate", () -> model.chat(request));
    trace.ended(reply);
    String text = reply.text().strip();
    trace.answerFrom(() -> text);
    return new Answer(
        text, sources, reply.finishReason(), reply.usage(), trace.timings(), trace.id());
  }

  private Reply streamed(ChatModel.Request request, Progress progress, AnswerTrace trace) {
    TrimmedText text = new TrimmedText(piece -> trace.telling(() -> progress.token(piece)));
    trace.answerFrom(text::text);
    long start = System.nanoTime();
    boolean[] begun = {false};
    try {
      return model.stream(
          request,
          new ChatModel.TokenSink() {
            @Override
            public void token(String piece) {
              if (!begun[0]) {
                begun[0] = true;
                trace.timedSince("first_token", start);
              }
              text.token(piece);
            }

            @Override
            public void waiting(Waiting waiting) {
              trace.note("generate", "waited", waiting.why());
              trace.telling(() -> progress.waiting(waiting));
            }
          });
    } finally {
      trace.timedSince("generate", start);
    }
  }

  /** Fills what the caller left open with the grounded way: greedy, and bounded. */
  private static Sampling greedy(Sampling asked, int tokens) {
    return new Sampling(
        asked.temperature().isPresent() ? asked.temperature() : OptionalDouble.of(0),
        asked.topP(),
        asked.topK(),
        OptionalInt.of(tokens),
        asked.stop(),
        asked.seed(),
        asked.presencePenalty(),
        asked.frequencyPenalty());
  }

  private void record(AnswerTrace trace) {
    try {
      traces.record(trace.trace());
    } catch (RuntimeException broken) {
      // The answer counts, not its trace; the message could quote the prompt.
      LOG.warn("Trace {} was not recorded: {}", trace.id(), broken.getClass().getName());
    }
  }
}
