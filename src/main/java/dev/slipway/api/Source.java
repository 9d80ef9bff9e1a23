package dev.slipway.api;

import dev.slipway.rag.PassageSearch.Hit;
import java.util.List;

/** A passage that an answer rests on. */
record Source(
    @Field("The passage's stable name.") String id,
    @Field("The document's path or address.") String source,
    @Field("The document's title and the headings above the passage.") String title,
    @Field("How well it fits; comparable within one answer only.") double score,
    @Field("What the model read.") String text) {

  static List<Source> of(List<Hit> hits) {
    return hits.stream()
        .map(
            hit ->
                new Source(
                    hit.passage().id(),
                    hit.passage().source(),
                    hit.passage().title(),
                    hit.score(),
                    hit.passage().text()))
        .toList();
  }
}
