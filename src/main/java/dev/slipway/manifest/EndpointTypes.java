package dev.slipway.manifest;

import dev.slipway.manifest.Hosting.Engine;
import dev.slipway.manifest.Hosting.Server;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kinds of values that only endpoints have. */
final class EndpointTypes {
  /** The endpoint kinds that this version hosts. */
  enum Kind {
    REALTIME,
    ASYNC
  }

  private static final String IMAGE =
      "[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)+(:[A-Za-z0-9_.-]{1,128})?(@sha256:[0-9a-f]{64})?";

  private static final String INSTANCE = "ml\\.[a-z0-9-]{1,20}\\.[a-z0-9-]{1,20}";

  /** SageMaker's limit for one container variable. */
  private static final int VARIABLE_BYTES = 1024;

  private EndpointTypes() {}

  /** The endpoint kind; the words of SageMaker that are none here say what to use instead. */
  static ScalarType<Kind> kind() {
    ScalarType<Kind> kinds = ScalarTypes.word(Kind.class);
    return kinds.advising(
        text ->
            switch (text) {
              case "serverless" ->
                  "serverless endpoints have no GPU and are not hosted by this version; to pay"
                      + " nothing while idle, use async with scaling.min 0";
              case "batch" ->
                  "batch transform is not hosted by this version; for many requests at once, use"
                      + " async with scaling.min 0";
              default -> kinds.advice().apply(text);
            });
  }

  /** The serving software. */
  static ScalarType<Server> server() {
    Map<String, Server> known = new LinkedHashMap<>();
    known.put("vllm", new Server.Vllm());
    known.put("lmi", new Server.Lmi());
    known.put("tei", new Server.Tei());
    known.put("llama.cpp", new Server.LlamaCpp());
    Pattern image = Pattern.compile(IMAGE);
    return ScalarTypes.text(
            "vllm, lmi, tei, llama.cpp or an image URI (registry/repository:tag)",
            "vllm|lmi|tei|llama\\.cpp|" + IMAGE,
            text ->
                Optional.ofNullable(known.get(text))
                    .or(
                        () ->
                            Optional.of(text)
                                .filter(image.asMatchPredicate())
                                .map(Server.Image::new)))
        .advising(text -> Nearest.advice(text, known.keySet()));
  }

  /** Instance types in order of preference; none for {@code auto}. */
  static Type<List<String>> instances() {
    Pattern instance = Pattern.compile(INSTANCE);
    return new ChoiceType<>(
        ScalarTypes.text(
            "an instance type such as ml.g5.2xlarge, or auto",
            "auto|" + INSTANCE,
            text ->
                text.equals("auto")
                    ? Optional.of(List.of())
                    : Optional.of(text).filter(instance.asMatchPredicate()).map(List::of)),
        new ListType<>(ScalarTypes.text("an instance type such as ml.g5.2xlarge", INSTANCE), 1, 5));
  }

  /** What plays the container on the local target. */
  static ScalarType<Engine> engine() {
    ScalarType<Engine> proxy =
        ScalarTypes.address("embedded, or http://host:port", address -> new Engine.Proxy(address));
    return ScalarTypes.either("embedded", new Engine.Embedded(), proxy);
  }

  /** Container variables. */
  static Type<Map<String, String>> environment() {
    return new MapType(
        "a map of at most 100 container variables",
        Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,1023}"),
        ScalarTypes.looseText("text of at most 1,024 bytes", "[^\\u0000]{0,1024}"),
        100,
        EndpointTypes::objection);
  }

  private static Optional<String> objection(String name, String text) {
    String instead =
        "; whoever may describe the model can read it. Give the endpoint's role access to the"
            + " secret, or mirror a private model with `model.source`";
    if (text.startsWith(SecretReference.PREFIX)) {
      return Optional.of("secrets are not put into container variables" + instead);
    }
    if (Secrecy.looksSecret(text) || (Secrecy.isSecretName(name) && !text.isEmpty())) {
      return Optional.of(
          "looks like a secret, and container variables are no place for one" + instead);
    }
    return text.getBytes(StandardCharsets.UTF_8).length > VARIABLE_BYTES
        ? Optional.of("must be text of at most 1,024 bytes")
        : Optional.empty();
  }

  /** An SNS topic. */
  static ScalarType<String> topic() {
    return ScalarTypes.text(
        "an SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME",
        "arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}");
  }

  /** A KMS key. */
  static ScalarType<String> kmsKey() {
    return ScalarTypes.text(
        "a KMS key's ARN, its id or alias/NAME",
        "(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/)[A-Za-z0-9/_-]{1,256}"
            + "|alias/[A-Za-z0-9/_-]{1,250}"
            + "|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}");
  }

  /** A time zone. */
  static ScalarType<String> timezone() {
    return ScalarTypes.text(
        "an IANA time zone such as Europe/Vienna",
        "[A-Za-z][A-Za-z0-9_+/-]{0,63}",
        text -> {
          try {
            return Optional.of(ZoneId.of(text).getId());
          } catch (DateTimeException notAZone) {
            return Optional.empty();
          }
        });
  }
}
