package dev.slipway.api;

import dev.slipway.api.ChatChunk.ChunkChoice;
import dev.slipway.api.ChatChunk.Delta;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Waiting;
import dev.slipway.rag.Answerer.Answer;
import dev.slipway.rag.Answerer.Progress;
import dev.slipway.rag.Answerer.Question;
import dev.slipway.rag.PassageSearch.Hit;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** {@code POST /v1/chat/completions}: a conversation, gone on with. Thread-safe. */
final class ChatRoute {
  private final Questions questions;
  private final Models models;
  private final Json json;
  private final Clock clock;

  ChatRoute(Questions questions, Models models, Json json, Clock clock) {
    this.questions = questions;
    this.models = models;
    this.json = json;
    this.clock = clock;
  }

  Route<ChatRequest> route() {
    return Route.post("/v1/chat/completions", "createChatCompletion", ChatRequest.class)
        .summary("Go on with a conversation, as OpenAI's clients ask it")
        .asks()
        .fails(404)
        .answers(200, "The answer.", ChatAnswer.class)
        .streams(
            "With `stream`: chunks, then `[DONE]`; a failure after the first chunk is an `error`"
                + " object as the last. A comment (`: waiting`) comes first where the endpoint"
                + " wakes up.",
            Map.of("", ChatChunk.class))
        .handledBy(this::answer);
  }

  private Reply answer(Call<ChatRequest> call) {
    ChatRequest input = call.input();
    input.refuseUnsupported();
    boolean grounded = models.grounded(input.model());
    List<ChatModel.Message> conversation = input.conversation();
    if (grounded && conversation.stream().noneMatch(m -> m.role() == ChatModel.Role.USER)) {
      throw new Rejected(
          Problem.refusedParameter(
              "messages", "invalid_value", "A message of the user must ask the question."));
    }
    boolean stream = input.stream().orElse(false);
    Question question =
        new Question(
            conversation,
            grounded,
            OptionalInt.empty(),
            Map.of(),
            call.caller().tenant(),
            input.sampling(),
            stream,
            call.deadline(),
            call.requestId(),
            call.route(),
            call.parent());
    String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
    long created = clock.instant().getEpochSecond();
    if (stream) {
      boolean usage =
          input.streamOptions().flatMap(ChatRequest.StreamOptions::includeUsage).orElse(false);
      return new Reply.Events(
          new ChatFeed(question, call.caller().name(), id, created, input.model(), usage));
    }
    Answer answer = questions.ask(question, call.caller().name(), Progress.none());
    return Reply.Json.ok(
        new ChatAnswer(
            id,
            "chat.completion",
            created,
            input.model(),
            List.of(
                new ChatAnswer.Choice(
                    0,
                    new ChatAnswer.Message("assistant", answer.text(), Optional.empty()),
                    Optional.empty(),
                    ChatAnswer.name(answer.finishReason()))),
            answer.usage().map(TokenUsage::of),
            grounded ? Optional.of(Source.of(answer.sources())) : Optional.empty(),
            answer.traceId()));
  }

  /** Streams one answer; used by one thread. */
  private final class ChatFeed implements Reply.Feed {
    private final Question question;
    private final String caller;
    private final String id;
    private final long created;
    private final String model;
    private final boolean usage;
    private Optional<List<Source>> sources = Optional.empty();
    private boolean begun;

    ChatFeed(
        Question question, String caller, String id, long created, String model, boolean usage) {
      this.question = question;
      this.caller = caller;
      this.id = id;
      this.created = created;
      this.model = model;
      this.usage = usage;
    }

    @Override
    public void write(EventStream out) {
      Answer answer =
          questions.ask(
              question,
              caller,
              new Progress() {
                @Override
                public void sources(List<Hit> hits) {
                  // Kept for the first chunk: until there is text, a failure has its own status.
                  sources = Optional.of(Source.of(hits));
                }

                @Override
                public void waiting(Waiting waiting) {
                  // A comment: OpenAI's clients know no other events than chunks.
                  out.send(": waiting up to " + waiting.atMost().toSeconds() + " s\n\n");
                }

                @Override
                public void token(String text) {
                  // Together where both are due: each write is a packet of its own.
                  out.send(begin() + delta(new Delta(Optional.empty(), Optional.of(text))));
                }
              });
      StringBuilder end =
          new StringBuilder(begin())
              .append(
                  chunk(
                      List.of(
                          new ChunkChoice(
                              0,
                              new Delta(Optional.empty(), Optional.empty()),
                              Optional.empty(),
                              Optional.of(ChatAnswer.name(answer.finishReason())))),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of(answer.traceId())));
      if (usage && answer.usage().isPresent()) {
        end.append(
            chunk(
                List.of(), answer.usage().map(TokenUsage::of), Optional.empty(), Optional.empty()));
      }
      out.send(end.append("data: [DONE]\n\n").toString());
    }

    /** Returns the chunk that comes first, and nothing if it has come. */
    private String begin() {
      if (begun) {
        return "";
      }
      begun = true;
      return chunk(
          List.of(
              new ChunkChoice(
                  0,
                  new Delta(Optional.of("assistant"), Optional.of("")),
                  Optional.empty(),
                  Optional.empty())),
          Optional.empty(),
          question.grounded() ? sources : Optional.empty(),
          Optional.empty());
    }

    private String delta(Delta delta) {
      return chunk(
          List.of(new ChunkChoice(0, delta, Optional.empty(), Optional.empty())),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    private String chunk(
        List<ChunkChoice> choices,
        Optional<TokenUsage> tokens,
        Optional<List<Source>> rested,
        Optional<String> traceId) {
      return "data: "
          + json.text(
              new ChatChunk(
                  id, "chat.completion.chunk", created, model, choices, tokens, rested, traceId))
          + "\n\n";
    }

    @Override
    public String failure(Problem problem) {
      return "data: " + json.text(ErrorShape.OPENAI.body(problem)) + "\n\n";
    }
  }
}
