package dev.slipway.rag.check;

import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.Waiting;
import dev.slipway.failure.Withheld;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.rag.Answerer;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceRecorder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checks of one service: it makes an answerer, a model and a recorder of traces that hold to
 * them out of those that don't. Immutable.
 */
public final class ContentChecks {
  private final Redaction redaction;
  private final Expressions input;
  private final Expressions output;

  /** Makes the checks that a manifest names; without any, what they make is what they are given. */
  public ContentChecks(ApiSpec.Checks checks) {
    this.redaction = new Redaction(checks.redact());
    this.input = new Expressions(checks.input());
    this.output = new Expressions(checks.output());
  }

  /**
   * Returns an answerer that refuses questions by the input expressions, and neither takes nor
   * shows personal data.
   */
  public Answerer over(Answerer answerer) {
    return redaction.nothing() && input.nothing()
        ? answerer
        : (question, progress) -> answer(answerer, question, progress);
  }

  /** Returns a model whose answers are held to the output expressions, and are redacted. */
  public dev.slipway.endpoint.ChatModel over(dev.slipway.endpoint.ChatModel model) {
    return redaction.nothing() && output.nothing() ? model : new CheckedModel(model, this);
  }

  /** Returns a recorder to which traces come redacted. */
  public TraceRecorder over(TraceRecorder traces) {
    return redaction.nothing() ? traces : trace -> traces.record(redacted(trace));
  }

  private Answerer.Answer answer(
      Answerer answerer, Answerer.Question question, Answerer.Progress progress) {
    for (Message message : question.messages()) {
      if (input.foundIn(message.content())) {
        throw new Withheld(
            "question_refused",
            "The question was not asked",
            "a check of this service refuses it",
            "Put it in other words, or ask whoever runs the service what it may not hold.");
      }
    }
    Answerer.Answer answer =
        answerer.answer(
            redacted(question),
            new Answerer.Progress() {
              @Override
              public void sources(List<Hit> sources) {
                progress.sources(redacted(sources));
              }

              @Override
              public void token(String text) {
                progress.token(text);
              }

              @Override
              public void waiting(Waiting waiting) {
                progress.waiting(waiting);
              }
            });
    return new Answerer.Answer(
        answer.text(),
        redacted(answer.sources()),
        answer.finishReason(),
        answer.usage(),
        answer.timings(),
        answer.traceId());
  }

  private Answerer.Question redacted(Answerer.Question question) {
    return question.saying(
        question.messages().stream()
            .map(message -> new Message(message.role(), redacted(message.content())))
            .toList());
  }

  private List<Hit> redacted(List<Hit> hits) {
    return hits.stream()
        .map(
            hit -> {
              Passage p = hit.passage();
              return new Hit(
                  new Passage(
                      p.id(),
                      p.collection(),
                      p.source(),
                      redacted(p.title()),
                      p.position(),
                      redacted(p.text()),
                      p.metadata()),
                  hit.score());
            })
        .toList();
  }

  private Trace redacted(Trace trace) {
    return trace.saying(
        redacted(trace.query()),
        redacted(trace.prompt()),
        redacted(trace.answer()),
        trace.steps().stream()
            .map(
                step -> {
                  Map<String, String> notes = new LinkedHashMap<>();
                  step.notes().forEach((name, note) -> notes.put(name, redacted(note)));
                  return new Trace.Step(step.name(), step.start(), step.time(), notes);
                })
            .toList());
  }

  /** Returns the text without personal data. */
  String redacted(String text) {
    return redaction.apply(text);
  }

  Redaction redaction() {
    return redaction;
  }

  Expressions output() {
    return output;
  }

  static Withheld withheld() {
    return new Withheld(
        "answer_withheld",
        "The answer is withheld",
        "a check of this service found in it what must not be shown",
        "Ask in another way.");
  }
}
