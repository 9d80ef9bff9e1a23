package dev.slipway.model.choice;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Reads which files a {@code *.index.json} says that the weights are in. */
final class ShardIndex {

  private ShardIndex() {}

  /** Returns the files that the index names, whatever they are; an unusable index is a problem. */
  static NavigableSet<String> read(Listing listing, String index, Problems problems)
      throws IOException {
    NavigableSet<String> shards = new TreeSet<>();
    Optional<JsonNode> document = SmallJson.read(listing, index);
    JsonNode map = document.map(json -> json.path("weight_map")).orElse(null);
    if (map == null || !map.isObject() || map.isEmpty()) {
      problems.add(
          index, "it is no JSON object with a weight_map", "Fetch the model again, whole.");
      return shards;
    }
    for (JsonNode shard : map) {
      shards.add(shard.isTextual() ? shard.textValue() : "");
    }
    return shards;
  }
}
