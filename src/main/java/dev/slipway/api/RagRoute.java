package dev.slipway.api;

import dev.slipway.api.job.Job;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Waiting;
import dev.slipway.rag.Answerer.Answer;
import dev.slipway.rag.Answerer.Progress;
import dev.slipway.rag.Answerer.Question;
import dev.slipway.rag.PassageSearch.Hit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code POST /rag}: a question, answered from what was indexed. Thread-safe. */
final class RagRoute {
  private final Questions questions;
  private final RagJobs jobs;
  private final Json json;

  RagRoute(Questions questions, RagJobs jobs, Json json) {
    this.questions = questions;
    this.jobs = jobs;
    this.json = json;
  }

  Route<RagRequest> route() {
    Map<String, Class<? extends Record>> events = new LinkedHashMap<>();
    events.put("sources", RagSources.class);
    events.put("waiting", RagWaiting.class);
    events.put("token", RagToken.class);
    events.put("done", RagDone.class);
    events.put("error", RagError.class);
    return Route.post("/rag", "rag", RagRequest.class)
        .summary("Answer a question from the indexed documents")
        .asks()
        .answers(200, "The answer and what it rests on.", RagAnswer.class)
        .answers(
            202,
            "With `async`, or where an asynchronous endpoint needs longer than the deadline: the"
                + " answer will be at `Location`.",
            RagJobs.JobView.class)
        .streams(
            "With `stream`: one `sources` event, a `token` event for each piece of text, and"
                + " `done`; or `error` as the last. `waiting` comes before the first token where"
                + " the endpoint wakes up, or takes requests from a queue.",
            events)
        .handledBy(this::answer);
  }

  private Reply answer(Call<RagRequest> call) {
    RagRequest input = call.input();
    boolean stream = input.stream().orElse(false);
    boolean async = input.async().orElse(false);
    if (stream && async) {
      throw new Rejected(
          Problem.refusedParameter(
              "async", "invalid_value", "An answer is streamed, or fetched later: not both."));
    }
    if (!stream && (async || jobs.always())) {
      var asked =
          new Job.Asked(
              input.query(),
              input.k(),
              input.filter().orElse(Map.of()),
              call.caller().tenant(),
              call.requestId(),
              call.parent());
      return async
          ? jobs.later(asked, call.caller())
          : jobs.soonOrLater(asked, call.caller(), call.deadline());
    }
    Question question =
        new Question(
            List.of(new ChatModel.Message(ChatModel.Role.USER, input.query())),
            true,
            input.k(),
            input.filter().orElse(Map.of()),
            call.caller().tenant(),
            ChatModel.Sampling.defaults(),
            stream,
            call.deadline(),
            call.requestId(),
            call.route(),
            call.parent());
    if (stream) {
      return new Reply.Events(new RagFeed(question, call.caller().name()));
    }
    Answer answer = questions.ask(question, call.caller().name(), Progress.none());
    return Reply.Json.ok(RagAnswer.of(answer));
  }

  private final class RagFeed implements Reply.Feed {
    private final Question question;
    private final String caller;

    RagFeed(Question question, String caller) {
      this.question = question;
      this.caller = caller;
    }

    @Override
    public void write(EventStream out) {
      Answer answer =
          questions.ask(
              question,
              caller,
              new Progress() {
                @Override
                public void sources(List<Hit> sources) {
                  out.send("sources", json.text(new RagSources(Source.of(sources))));
                }

                @Override
                public void waiting(Waiting waiting) {
                  out.send(
                      "waiting",
                      json.text(new RagWaiting(waiting.why(), waiting.atMost().toSeconds())));
                }

                @Override
                public void token(String text) {
                  out.send("token", json.text(new RagToken(text)));
                }
              });
      out.send(
          "done",
          json.text(
              new RagDone(
                  answer.usage().map(TokenUsage::of), Timings.of(answer), answer.traceId())));
    }

    @Override
    public String failure(Problem problem) {
      return "event: error\ndata: "
          + json.text(new RagError(problem.status(), problem.code(), problem.message()))
          + "\n\n";
    }
  }

  /** A question. */
  record RagRequest(
      @Field(
              value = "What is asked.",
              minLength = 1,
              example = "\"How do I roll a deployment back?\"")
          String query,
      @Field(
              value = "How many passages the answer may rest on; the manifest's if left out.",
              minimum = 1,
              maximum = 100)
          OptionalInt k,
      @Field("Fields that passages must have: collection, source, title, or metadata.")
          Optional<Map<String, String>> filter,
      @Field("Whether the answer comes as server-sent events.") Optional<Boolean> stream,
      @Field("Whether to answer 202 at once, with the URL where the answer will be.")
          Optional<Boolean> async) {}

  /** An answer. */
  record RagAnswer(
      @Field("What the model says.") String answer,
      @Field("What it rests on, best first.") List<Source> sources,
      @Field(value = "Null where the container does not count.", nullable = true)
          Optional<TokenUsage> usage,
      @Field("Milliseconds that each step took.") Map<String, Double> timings,
      @Field("Under which prompt monitoring keeps it.") String traceId) {
    static RagAnswer of(Answer answer) {
      return new RagAnswer(
          answer.text(),
          Source.of(answer.sources()),
          answer.usage().map(TokenUsage::of),
          Timings.of(answer),
          answer.traceId());
    }
  }

  /** The data of {@code waiting}. */
  record RagWaiting(
      @Field("Why there is no answer yet.") String reason,
      @Field("For so many seconds at most.") long seconds) {}

  /** The data of {@code sources}. */
  record RagSources(@Field("What the answer rests on, best first.") List<Source> sources) {}

  /** The data of {@code token}. */
  record RagToken(@Field("The next piece of text.") String text) {}

  /** The data of {@code done}. */
  record RagDone(
      @Field(value = "Null where the container does not count.", nullable = true)
          Optional<TokenUsage> usage,
      @Field("Milliseconds that each step took.") Map<String, Double> timings,
      @Field("Under which prompt monitoring keeps it.") String traceId) {}

  /** The data of {@code error}. */
  record RagError(
      @Field("The status that the answer would have had.") int status,
      @Field("A stable name of the problem.") String code,
      @Field("What went wrong and what to do.") String detail) {}
}
