package dev.slipway.api;

import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Waiting;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.Overloaded;
import dev.slipway.rag.Answerer;
import dev.slipway.rag.Answerer.Answer;
import dev.slipway.rag.Answerer.Progress;
import dev.slipway.rag.Answerer.Question;
import dev.slipway.rag.PassageSearch.Hit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Puts questions to the answerer, so many at once and no longer than their deadline. Thread-safe.
 *
 * <p>A question is answered on its caller's thread, which also writes each piece of the answer: to
 * hand them from one thread to another would cost more than most of the rest. At the deadline the
 * thread is interrupted where the answer is made, and never where a piece is written, because that
 * would close the client's connection. A write that fails is thrown where the text is made, which
 * stops the making.
 */
final class Questions {
  /** The answerer knows better why it is late: it has this long to say so itself. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final Answerer answerer;
  private final int atOnce;
  private final Semaphore places;
  private final Allowances allowances;
  private final ApiMetrics metrics;
  private final Watchdog watchdog;
  private final Set<Watchdog.Leash> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  Questions(
      Answerer answerer, int atOnce, Allowances allowances, ApiMetrics metrics, Watchdog watchdog) {
    this.answerer = answerer;
    this.atOnce = atOnce;
    this.places = new Semaphore(atOnce);
    this.allowances = allowances;
    this.metrics = metrics;
    this.watchdog = watchdog;
  }

  /**
   * Answers a question; the progress hears of it on the calling thread.
   *
   * @param caller whose tokens it takes
   * @throws Failure if there is no answer, or no place, or no token left
   */
  Answer ask(Question question, String caller, Progress progress) {
    try {
      allowances.checkTokens(caller);
    } catch (Overloaded e) {
      metrics.rejected(ApiMetrics.Rejection.TOKENS);
      throw e;
    }
    if (!places.tryAcquire()) {
      metrics.rejected(ApiMetrics.Rejection.CAPACITY);
      throw new Overloaded(
          Overloaded.Limit.CAPACITY,
          "The service is busy",
          "it answers " + atOnce + " questions at once",
          Duration.ofSeconds(1));
    }
    metrics.questionBegins();
    Tally tally = new Tally(question, progress);
    try {
      Answer answer = answered(question, tally);
      tally.text = Math.max(tally.text, answer.text().length());
      tally.counted = answer.usage();
      return answer;
    } finally {
      tally.book(caller);
    }
  }

  /** Ends what is under way: each caller hears that the service stops, while it can be told. */
  void giveUp() {
    stopping = true;
    underWay.forEach(Watchdog.Leash::bite);
  }

  private Answer answered(Question question, Progress progress) {
    Duration patience = question.deadline().remaining().plus(GRACE);
    try (Watchdog.Leash leash = watchdog.leash(patience)) {
      underWay.add(leash);
      Telling telling = new Telling(question, progress, leash);
      try {
        return telling.told(answerer.answer(question, telling));
      } catch (Throwable failure) {
        throw telling.told(failure);
      } finally {
        underWay.remove(leash);
      }
    } finally {
      // The place is free before the caller hears of the end: its next question finds it so.
      metrics.questionEnds();
      places.release();
    }
  }

  /** Counts what a question takes, so that who leaves in the middle has used its tokens too. */
  private final class Tally implements Progress {
    /** Of English; other languages have fewer. */
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final Question question;
    private final Progress progress;
    private int text;
    private Optional<ChatModel.Usage> counted = Optional.empty();

    Tally(Question question, Progress progress) {
      this.question = question;
      this.progress = progress;
    }

    @Override
    public void sources(List<Hit> sources) {
      progress.sources(sources);
    }

    @Override
    public void token(String piece) {
      text += piece.length();
      progress.token(piece);
    }

    @Override
    public void waiting(Waiting waiting) {
      progress.waiting(waiting);
    }

    /** Books the model's own count, and an estimate of what it began without giving one. */
    void book(String caller) {
      if (counted.isPresent()) {
        Questions.this.book(caller, counted.get());
      } else if (text > 0) {
        int asked = question.messages().stream().mapToInt(m -> m.content().length()).sum();
        allowances.spend(caller, (asked + text) / CHARACTERS_PER_TOKEN + 1);
      }
    }
  }

  private void book(String caller, ChatModel.Usage usage) {
    metrics.tokens(usage.promptTokens(), usage.completionTokens());
    allowances.spend(caller, usage.totalTokens());
  }

  /** Says to the answerer that nobody waits any more. */
  private static final class Abandoned extends RuntimeException {
    Abandoned() {
      super("nobody waits for this answer any more", null, false, false);
    }
  }

  /** Tells of an answer while it is made; used by one thread. */
  private final class Telling implements Progress {
    private final Question question;
    private final Progress progress;
    private final Watchdog.Leash leash;
    private final long began = System.nanoTime();
    private boolean first = true;

    /** What ended the telling; what the answerer makes of it is of no interest. */
    private Optional<RuntimeException> end = Optional.empty();

    Telling(Question question, Progress progress, Watchdog.Leash leash) {
      this.question = question;
      this.progress = progress;
      this.leash = leash;
    }

    @Override
    public void sources(List<Hit> hits) {
      List<Hit> copy = List.copyOf(hits);
      tell(() -> progress.sources(copy));
    }

    @Override
    public void waiting(Waiting waiting) {
      tell(() -> progress.waiting(waiting));
    }

    @Override
    public void token(String text) {
      tell(
          () -> {
            if (first && question.stream()) {
              metrics.firstToken(question.route(), Duration.ofNanos(System.nanoTime() - began));
            }
            first = false;
            progress.token(text);
          });
    }

    private void tell(Runnable telling) {
      if (end.isPresent()) {
        throw new Abandoned();
      }
      if (leash.bitten() || question.deadline().over()) {
        end = Optional.of(over());
        throw new Abandoned();
      }
      try {
        leash.spared(telling);
      } catch (RuntimeException gone) {
        end = Optional.of(gone);
        throw gone;
      }
    }

    /** Returns the answer, unless its caller was told otherwise. */
    Answer told(Answer answer) {
      if (end.isPresent()) {
        throw end.get();
      }
      return answer;
    }

    /** Returns what the caller hears of a failure. */
    RuntimeException told(Throwable failure) {
      if (end.isPresent()) {
        return end.get();
      }
      if (leash.bitten()) {
        return over();
      }
      if (stopped(failure)) {
        Thread.currentThread().interrupt();
        return stopping();
      }
      return failure instanceof RuntimeException known
          ? known
          : new IllegalStateException("The answerer failed", failure);
    }

    /** Says why no more of the answer is waited for. */
    private RuntimeException over() {
      return stopping && !question.deadline().over() ? stopping() : late();
    }
  }

  /** Returns whether somebody else than the leash has interrupted the answerer. */
  private static boolean stopped(Throwable failure) {
    boolean stopped = Thread.currentThread().isInterrupted();
    for (Optional<Throwable> cause = Optional.of(failure);
        cause.isPresent() && !stopped;
        cause = cause.map(Throwable::getCause)) {
      stopped = cause.get() instanceof InterruptedException;
    }
    return stopped;
  }

  private static Interrupted stopping() {
    return new Interrupted(
        "The service is stopping",
        "the question was not answered before.",
        "Ask again in a moment.");
  }

  private static EndpointFailure late() {
    return new EndpointFailure(
        EndpointFailure.Kind.TIMEOUT,
        OptionalInt.empty(),
        "No answer came before the deadline",
        "",
        "Ask for fewer tokens, or set api.limits.deadline higher.",
        null);
  }
}
