package dev.slipway.api;

import dev.slipway.manifest.DeploymentName;
import java.time.Instant;
import java.util.List;

/**
 * The models that OpenAI's clients choose from: the deployment's name is the endpoint as it is, the
 * same with {@code -rag} answers from what was indexed. Immutable.
 */
final class Models {
  private final String plain;
  private final String grounded;
  private final long created;

  Models(DeploymentName name, Instant created) {
    this.plain = name.value();
    this.grounded = name.value() + "-rag";
    this.created = created.getEpochSecond();
  }

  /**
   * Returns whether a model answers with retrieval.
   *
   * @throws Rejected if there is no such model
   */
  boolean grounded(String model) {
    if (model.equals(grounded)) {
      return true;
    }
    if (model.equals(plain)) {
      return false;
    }
    throw new Rejected(Problem.noSuchModel(model));
  }

  List<Route<?>> routes() {
    return List.of(
        Route.get("/v1/models", "listModels", Route.Nothing.class)
            .summary("List the models")
            .steady()
            .answers(200, "The models.", ModelList.class)
            .handledBy(
                call ->
                    Reply.Json.ok(new ModelList("list", List.of(model(plain), model(grounded))))),
        Route.get("/v1/models/{id}", "getModel", ModelRequest.class)
            .summary("Describe a model")
            .steady()
            .answers(200, "The model.", Model.class)
            .fails(404)
            .handledBy(
                call -> {
                  grounded(call.input().id());
                  return Reply.Json.ok(model(call.input().id()));
                }));
  }

  private Model model(String id) {
    return new Model(id, "model", created, "slipway");
  }

  /** Which model. */
  record ModelRequest(@Field(value = "The model's name.", in = Field.Place.PATH) String id) {}

  /** The models. */
  record ModelList(@Field(oneOf = "list") String object, List<Model> data) {}

  /** One model. */
  record Model(
      String id,
      @Field(oneOf = "model") String object,
      @Field("Seconds since 1970.") long created,
      String ownedBy) {}
}
