package dev.slipway.manifest;

import java.net.URI;
import java.util.Optional;

/** Describes what is watched and measured of the service. The bounds are this project's. */
final class ServiceKeys {
  static final Key<TraceSpec.Store> TRACE_STORE =
      Key.of(
          "trace.store",
          ScalarTypes.word(TraceSpec.Store.class),
          "sqlite",
          "sqlite",
          "Where traces are kept on this machine.");

  static final Key<Optional<URI>> EXPORT =
      Key.of(
          "trace.export",
          new OptionalType<>(
              ScalarTypes.address("an OTLP address, http://host:port", address -> address)),
          "null",
          "http://localhost:4318",
          "An OTLP endpoint that gets them too.");

  static final Key<Boolean> CONTENT =
      Key.of(
          "trace.content",
          ScalarTypes.bool(),
          "false",
          "true",
          "Whether what is exported carries the text of prompts and answers.");

  static final Key<Optional<String>> QUESTIONS =
      Key.of(
          "eval.questions",
          new OptionalType<>(
              ScalarTypes.text("a file's path", "(?=[\\s\\S]*\\S)[^\\u0000-\\u001f]{1,1000}")),
          "null",
          "eval/questions.jsonl",
          "Questions with what is expected, that a deploy asks before it counts as done.");

  static final Key<String> GATE =
      Key.of(
          "eval.gate",
          ScalarTypes.text(
              "measures and what they must reach, recall=0.9,p95=2s",
              "[a-z0-9_.@]+=[0-9.]+(ms|s)?(,[a-z0-9_.@]+=[0-9.]+(ms|s)?){0,19}"),
          "recall=0.8",
          "recall=0.9,p95=2s",
          "What they must reach.");

  private ServiceKeys() {}

  static Shape addTo(Shape shape) {
    return FargateKeys.addTo(ApiKeys.addTo(RagKeys.addTo(shape)))
        .section(
            "trace", "What prompt monitoring keeps of a question.", TRACE_STORE, EXPORT, CONTENT)
        .section("eval", "What a deploy's answers must reach.", QUESTIONS, GATE);
  }
}
