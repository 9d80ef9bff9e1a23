package dev.slipway.eval;

import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Asks questions and scores the answers.
 *
 * @param respondent answers
 * @param embedder says how near sentences are in meaning; used only where words leave it open
 * @param concurrency how many questions are asked at once, at most
 */
public record Evaluation(Respondent respondent, Embedder embedder, int concurrency) {

  /**
   * Asks all.
   *
   * @param questions at least one
   * @param done hears how many are done, after each
   * @throws Failure the respondent's, if it can answer none; the rest is not asked then
   * @throws OperationFailed if no question was answered
   */
  public Report run(List<EvalQuestion> questions, IntConsumer done) {
    List<Respondent.Response> responses = ask(questions, done);
    int k =
        responses.stream()
            .mapToInt(each -> each instanceof Respondent.Answered a ? a.sources().size() : 0)
            .max()
            .orElse(0);
    k = Math.max(1, Math.max(k, questions.stream().mapToInt(q -> q.k().orElse(0)).max().orElse(0)));
    var faithfulness = new Faithfulness(embedder);
    List<Scored> results = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      EvalQuestion question = questions.get(i);
      results.add(Scored.of(question, responses.get(i), question.k().orElse(k), faithfulness));
    }
    return new Report(k, results);
  }

  private List<Respondent.Response> ask(List<EvalQuestion> questions, IntConsumer done) {
    ExecutorService callers =
        Executors.newFixedThreadPool(concurrency, Thread.ofVirtual().factory());
    try {
      CompletionService<Respondent.Response> finished = new ExecutorCompletionService<>(callers);
      List<Future<Respondent.Response>> all = new ArrayList<>();
      for (EvalQuestion question : questions) {
        Callable<Respondent.Response> call = () -> respondent.ask(question);
        all.add(finished.submit(call));
      }
      for (int i = 1; i <= all.size(); i++) {
        result(finished.take());
        done.accept(i);
      }
      List<Respondent.Response> responses = new ArrayList<>();
      for (Future<Respondent.Response> each : all) {
        responses.add(result(each));
      }
      return answered(responses);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The evaluation was stopped", "this process was told to stop.", "Run it again.");
    } finally {
      callers.shutdownNow();
    }
  }

  private static Respondent.Response result(Future<Respondent.Response> each)
      throws InterruptedException {
    try {
      return each.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new IllegalStateException("a question could not be asked", e.getCause());
    }
  }

  private static List<Respondent.Response> answered(List<Respondent.Response> responses) {
    List<String> reasons =
        responses.stream()
            .flatMap(
                each ->
                    each instanceof Respondent.Unanswered(String why)
                        ? java.util.stream.Stream.of(why)
                        : java.util.stream.Stream.empty())
            .distinct()
            .toList();
    boolean none = responses.stream().noneMatch(Respondent.Answered.class::isInstance);
    if (none) {
      throw new OperationFailed(
          "nothing_answered",
          "None of the " + responses.size() + " questions was answered",
          reasons.getFirst(),
          "See `slipway logs`; errors are explained in docs/errors.md.");
    }
    return responses;
  }
}
