package dev.slipway.model.choice;

import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelSpec;
import java.io.IOException;
import java.util.List;

/**
 * What of a listing is the model, by the same rules for every registry: safetensors before anything
 * else and the same weights only once, configuration and tokenizer always, what can run code only
 * where the manifest allows it.
 *
 * @param files the chosen paths, in order; at least one
 * @param facts what they say of the model
 */
public record Choice(List<String> files, ModelFacts facts) {

  /** Copies the files. */
  public Choice {
    files = List.copyOf(files);
  }

  /**
   * Chooses, and looks into what was chosen.
   *
   * @throws dev.slipway.failure.Refused if the model may not be let in, with every reason
   * @throws IOException if the listing or a file can't be read
   */
  public static Choice of(Listing listing, ModelSpec model) throws IOException {
    var problems = new Problems(listing.source());
    List<String> chosen = new FileChoice(listing, model, problems).choose();
    problems.refuseIfAny();
    ModelFacts facts = new Inspection(listing, model.allow(), problems).facts(chosen);
    problems.refuseIfAny();
    return new Choice(chosen, facts);
  }
}
