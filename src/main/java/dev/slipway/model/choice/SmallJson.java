package dev.slipway.model.choice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads the JSON files beside the weights, which are small, and foreign. */
final class SmallJson {

  // The largest index files (hundreds of shards, tens of thousands of tensors) have a few MiB.
  private static final long MAX_BYTES = 1 << 26;
  private static final JsonMapper JSON = new JsonMapper();

  private SmallJson() {}

  /**
   * Reads a document; absent if the file isn't JSON, or is far too large for what it should be.
   *
   * @throws IOException if it can't be read
   */
  static Optional<JsonNode> read(Listing listing, String path) throws IOException {
    if (listing.size(path) > MAX_BYTES) {
      return Optional.empty();
    }
    try (InputStream in = listing.open(path)) {
      byte[] bytes = in.readAllBytes();
      return Optional.ofNullable(JSON.readTree(bytes)).filter(node -> !node.isMissingNode());
    } catch (JsonProcessingException | CharConversionException e) {
      return Optional.empty();
    }
  }
}
