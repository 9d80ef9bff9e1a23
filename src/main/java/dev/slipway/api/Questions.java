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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Puts questions to the answerer, so many at once and no longer than their deadline. Thread-safe.
 *
 * <p>Each question runs on a thread of its own and hands every piece of its answer over to the
 * request's thread, which writes it. So a deadline holds even if nothing comes any more, the thread
 * that owns the socket is never interrupted by one, and a write that fails is thrown where the text
 * is made, which stops the making.
 */
final class Questions {
  /** The answerer knows better why it is late: it has this long to say so itself. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final Answerer answerer;
  private final int atOnce;
  private final Semaphore places;
  private final Allowances allowances;
  private final ApiMetrics metrics;
  private final Set<Asking> underWay = ConcurrentHashMap.newKeySet();

  Questions(Answerer answerer, int atOnce, Allowances allowances, ApiMetrics metrics) {
    this.answerer = answerer;
    this.atOnce = atOnce;
    this.places = new Semaphore(atOnce);
    this.allowances = allowances;
    this.metrics = metrics;
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
    Asking asking = new Asking(question);
    underWay.add(asking);
    Thread thread = Thread.ofVirtual().name("question-" + question.requestId()).unstarted(asking);
    thread.start();
    Tally tally = new Tally(question, progress);
    try {
      Answer answer = asking.relay(thread, tally);
      tally.text = Math.max(tally.text, answer.text().length());
      tally.counted = answer.usage();
      return answer;
    } finally {
      underWay.remove(asking);
      tally.book(caller);
    }
  }

  /** Ends what is under way: each caller hears that the service stops, while it can be told. */
  void giveUp() {
    underWay.forEach(asking -> asking.events.add(new Event.Stopping()));
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

  /** What the question's thread hands over. */
  private sealed interface Event {
    /** The sources; the question waits until they are taken. */
    record Sources(List<Hit> hits, CompletableFuture<Void> taken) implements Event {}

    /** A wait; the question goes on once it is told. */
    record Waits(Waiting waiting, CompletableFuture<Void> taken) implements Event {}

    /** A piece of text; the question waits until it is taken. */
    record Token(String text, CompletableFuture<Void> taken) implements Event {}

    /** The end. */
    record Done(Answer answer) implements Event {}

    /** Another end. */
    record Failed(Throwable why) implements Event {}

    /** Nobody waits for the end any more. */
    record Stopping() implements Event {}
  }

  /** Says to the answerer that nobody waits any more. */
  private static final class Abandoned extends RuntimeException {
    Abandoned() {
      super("nobody waits for this answer any more", null, false, false);
    }
  }

  private final class Asking implements Runnable, Progress {
    private final Question question;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean abandoned;

    /** Whether the answerer got what the progress threw; an interrupt too would only disturb it. */
    private boolean told;

    Asking(Question question) {
      this.question = question;
    }

    @Override
    public void run() {
      Event end;
      try {
        end = new Event.Done(answerer.answer(question, this));
      } catch (Throwable e) {
        end = new Event.Failed(e);
      }
      // The place is free before the caller hears of the end: its next question finds it so.
      metrics.questionEnds();
      places.release();
      events.add(end);
    }

    @Override
    public void sources(List<Hit> hits) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      hand(new Event.Sources(List.copyOf(hits), taken), taken);
    }

    @Override
    public void waiting(Waiting waiting) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      hand(new Event.Waits(waiting, taken), taken);
    }

    @Override
    public void token(String text) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      hand(new Event.Token(text, taken), taken);
    }

    private void hand(Event event, CompletableFuture<Void> taken) {
      events.add(event);
      if (abandoned) {
        throw new Abandoned();
      }
      try {
        taken.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Abandoned();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException refusal) {
          throw refusal;
        }
        throw new IllegalStateException(e.getCause());
      }
    }

    /** Takes events until the end, on the request's thread. */
    Answer relay(Thread worker, Progress progress) {
      long began = System.nanoTime();
      boolean first = true;
      boolean ended = false;
      try {
        while (true) {
          long patience = question.deadline().remaining().plus(GRACE).toNanos();
          Event event = events.poll(patience, TimeUnit.NANOSECONDS);
          if (event == null || (question.deadline().over() && !isEnd(event))) {
            throw late();
          }
          switch (event) {
            case Event.Sources sources ->
                take(sources.taken(), () -> progress.sources(sources.hits()));
            case Event.Waits waits -> take(waits.taken(), () -> progress.waiting(waits.waiting()));
            case Event.Token token -> {
              if (first && question.stream()) {
                metrics.firstToken(question.route(), Duration.ofNanos(System.nanoTime() - began));
              }
              first = false;
              take(token.taken(), () -> progress.token(token.text()));
            }
            case Event.Done done -> {
              ended = true;
              return done.answer();
            }
            case Event.Failed failed -> {
              ended = true;
              throw rethrown(failed.why());
            }
            case Event.Stopping _ -> throw stopping();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw stopping();
      } finally {
        if (!ended && !told) {
          abandoned = true;
          worker.interrupt();
        }
      }
    }

    private static boolean isEnd(Event event) {
      return !(event instanceof Event.Sources
          || event instanceof Event.Waits
          || event instanceof Event.Token);
    }

    private void take(CompletableFuture<Void> taken, Runnable taking) {
      try {
        taking.run();
        taken.complete(null);
      } catch (RuntimeException e) {
        told = true;
        // Before the answerer hears of it: should it come back for more, it does not wait again.
        abandoned = true;
        taken.completeExceptionally(e);
        throw e;
      }
    }

    private static RuntimeException rethrown(Throwable why) {
      if (why instanceof RuntimeException e) {
        return e;
      }
      return new IllegalStateException("The answerer failed", why);
    }
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
