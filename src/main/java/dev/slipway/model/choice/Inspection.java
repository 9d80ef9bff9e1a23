package dev.slipway.model.choice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.failure.Refused;
import dev.slipway.model.GgufHeader;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelSpec.Allowance;
import dev.slipway.model.SafetensorsHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks into the chosen files: are they what their names say, and what do they say of the model?
 */
final class Inspection {

  static final String PICKLE_REASON = "it is a Python pickle, which can run code when it is loaded";
  static final String PICKLE_REMEDY =
      "Use a model with safetensors weights, or name \"pickle\" in model.allow if you trust this"
          + " one.";
  static final String CODE_REMEDY =
      "Use a model that needs no code of its own, or name \"remote-code\" in model.allow if you"
          + " have read and trust it.";

  private static final String AGAIN = "Fetch the model again, whole.";

  private final Listing listing;
  private final Set<Allowance> allow;
  private final Problems problems;

  private final Map<String, Long> elements = new HashMap<>();
  private Optional<JsonNode> config = Optional.empty();
  private Optional<GgufHeader> gguf = Optional.empty();
  private long ggufParameters;

  Inspection(Listing listing, Set<Allowance> allow, Problems problems) {
    this.listing = listing;
    this.allow = allow;
    this.problems = problems;
  }

  /** Returns what the files say of the model; what is wrong with them is among the problems. */
  ModelFacts facts(List<String> chosen) throws IOException {
    for (String path : chosen) {
      try {
        look(path);
      } catch (Refused e) {
        problems.add(path, e.why(), e.next());
      }
    }
    var said = new ConfigFacts(config);
    return new ModelFacts(
        said.architecture().or(() -> gguf.flatMap(GgufHeader::architecture)),
        parameters(said),
        said.dtype().or(this::commonestDtype).or(() -> gguf.flatMap(GgufHeader::dtype)),
        said.contextLength().isPresent()
            ? said.contextLength()
            : gguf.map(GgufHeader::contextLength).orElse(OptionalInt.empty()));
  }

  private void look(String path) throws IOException {
    if (path.endsWith(".gguf")) {
      GgufHeader header = gguf(path);
      // Paths come in order: of a split model the first file has the metadata.
      gguf = gguf.or(() -> Optional.of(header));
      ggufParameters += header.parameters();
    } else if (path.endsWith(".safetensors")) {
      safetensors(path)
          .elementsByDtype()
          .forEach((dtype, count) -> elements.merge(dtype, count, Long::sum));
    } else {
      lookForCode(path);
    }
  }

  private GgufHeader gguf(String path) throws IOException {
    try (InputStream in = listing.open(path)) {
      return GgufHeader.read(path, listing.size(path), in);
    }
  }

  private SafetensorsHeader safetensors(String path) throws IOException {
    try (InputStream in = listing.open(path)) {
      return SafetensorsHeader.read(path, listing.size(path), in);
    }
  }

  private void lookForCode(String path) throws IOException {
    if (!allow.contains(Allowance.PICKLE) && holdsPickle(path)) {
      problems.add(path, PICKLE_REASON, PICKLE_REMEDY);
    }
    if (!path.endsWith("config.json")) {
      return;
    }
    Optional<JsonNode> document = SmallJson.read(listing, path).filter(JsonNode::isObject);
    if (document.isEmpty()) {
      problems.add(path, "it is no JSON object", AGAIN);
      return;
    }
    if (path.equals("config.json")) {
      config = document;
    }
    if (document.get().has("auto_map") && !allow.contains(Allowance.REMOTE_CODE)) {
      problems.add(path, "its auto_map makes servers run the repository's own Python", CODE_REMEDY);
    }
  }

  /** Looks at the first bytes: protocol 2 and later of pickle, or the ZIP that PyTorch saves. */
  private boolean holdsPickle(String path) throws IOException {
    try (InputStream in = listing.open(path)) {
      byte[] first = in.readNBytes(4);
      boolean pickle =
          first.length > 1 && first[0] == (byte) 0x80 && first[1] >= 2 && first[1] <= 5;
      boolean zip = first.length == 4 && first[0] == 'P' && first[1] == 'K' && first[2] == 3;
      return pickle || zip;
    }
  }

  private OptionalLong parameters(ConfigFacts said) {
    if (!elements.isEmpty()) {
      // Quantized weights lie packed, several in one integer: their number is not in the head.
      boolean packed =
          said.quantized()
              && elements.keySet().stream().anyMatch(dtype -> dtype.matches("[IU]\\d+"));
      return packed
          ? OptionalLong.empty()
          : OptionalLong.of(elements.values().stream().mapToLong(Long::longValue).sum());
    }
    return gguf.isPresent() ? OptionalLong.of(ggufParameters) : OptionalLong.empty();
  }

  private Optional<String> commonestDtype() {
    return elements.entrySet().stream()
        .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .flatMap(entry -> SafetensorsHeader.dtypeName(entry.getKey()));
  }
}
