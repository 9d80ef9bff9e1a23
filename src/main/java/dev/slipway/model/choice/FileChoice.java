package dev.slipway.model.choice;

import dev.slipway.model.ModelSpec;
import dev.slipway.model.ModelSpec.Allowance;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Chooses which files of a folder are the model. */
final class FileChoice {

  /** What servers read beside the weights, at the top of the listing. */
  private static final Set<String> COMPANIONS =
      Set.of(
          "config.json",
          "generation_config.json",
          "adapter_config.json",
          "quantize_config.json",
          "preprocessor_config.json",
          "processor_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "tekken.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "spiece.model",
          "sentencepiece.bpe.model",
          "chat_template.json",
          "chat_template.jinja",
          "modules.json",
          "sentence_bert_config.json",
          "config_sentence_transformers.json",
          "1_Pooling/config.json");

  private static final String WEIGHTS = "model.safetensors";
  private static final String PICKLED_WEIGHTS = "pytorch_model.bin";
  private static final Pattern PICKLE =
      Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|pickle|joblib)", Pattern.CASE_INSENSITIVE);
  private static final Pattern CODE =
      Pattern.compile(".*\\.(py|pyc|so|dll|dylib)", Pattern.CASE_INSENSITIVE);
  private static final Pattern SHARD =
      Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.(safetensors|gguf|bin)");
  private static final int MAX_SHARDS = 10_000;

  private final Listing listing;
  private final ModelSpec model;
  private final Problems problems;

  FileChoice(Listing listing, ModelSpec model, Problems problems) {
    this.listing = listing;
    this.model = model;
    this.problems = problems;
  }

  /** Returns the chosen paths in order; what is wrong with them is among the problems. */
  List<String> choose() throws IOException {
    NavigableSet<String> chosen = new TreeSet<>();
    if (listing.only().isPresent()) {
      chooseOne(listing.only().get(), chosen);
    } else if (model.files().isEmpty()) {
      chooseByDefault(listing.paths(), chosen);
    } else {
      chosen.addAll(new Globs(model.files(), problems).matching(listing.paths()));
    }
    for (String path : List.copyOf(chosen)) {
      if (path.endsWith(".index.json")) {
        addShards(path, chosen);
      }
    }
    completeSets(chosen);
    chosen.forEach(this::check);
    return List.copyOf(chosen);
  }

  private void chooseOne(String name, NavigableSet<String> chosen) {
    if (name.endsWith(".safetensors")) {
      problems.add(
          name,
          "it is the weights alone, without their configuration",
          "Give the folder that holds it as model.source, or a GGUF file.");
    } else if (!name.endsWith(".gguf")) {
      problems.add(
          name,
          "its name doesn't end in .gguf",
          "Give a GGUF file (rename it, or link to it, if it is one), or a model's folder.");
    }
    chosen.add(name);
  }

  private void chooseByDefault(NavigableSet<String> paths, NavigableSet<String> chosen) {
    List<String> top = paths.stream().filter(path -> path.indexOf('/') < 0).toList();
    List<String> safetensors = weights(top, WEIGHTS, path -> path.endsWith(".safetensors"));
    chosen.addAll(safetensors);
    chosen.addAll(onlyGguf(top, safetensors.isEmpty()));
    if (chosen.isEmpty() && !problems.any()) {
      chosen.addAll(weights(top, PICKLED_WEIGHTS, path -> PICKLE.matcher(path).matches()));
    }
    if (chosen.isEmpty() && !problems.any()) {
      problems.add(
          "it has no weights: no .safetensors and no .gguf file at the top of the folder",
          "Give a GGUF file, or a folder in Hugging Face layout (config.json, *.safetensors,"
              + " tokenizer files).");
    }
    paths.stream().filter(COMPANIONS::contains).forEach(chosen::add);
    if (model.allow().contains(Allowance.REMOTE_CODE)) {
      paths.stream().filter(path -> path.endsWith(".py")).forEach(chosen::add);
    }
  }

  /**
   * Returns the index of a model's shards if there is one, else its one file, else every file that
   * looks like weights: a folder may hold the same weights twice, in shards and consolidated.
   */
  private static List<String> weights(List<String> top, String whole, Predicate<String> looks) {
    if (top.contains(whole + ".index.json")) {
      return List.of(whole + ".index.json");
    }
    return top.contains(whole) ? List.of(whole) : top.stream().filter(looks).toList();
  }

  private Set<String> onlyGguf(List<String> top, boolean needed) {
    Map<String, Set<String>> models =
        top.stream()
            .filter(path -> path.endsWith(".gguf"))
            .collect(Collectors.groupingBy(FileChoice::setName, TreeMap::new, Collectors.toSet()));
    if (models.size() > 1 && needed) {
      problems.add(
          "it has " + models.size() + " GGUF models: " + String.join(", ", models.keySet()),
          "Name one in model.files, or give its file as model.source.");
    }
    return models.size() == 1 ? models.values().iterator().next() : Set.of();
  }

  private static String setName(String path) {
    Matcher shard = SHARD.matcher(path);
    return shard.matches() ? shard.group(1) + "-*." + shard.group(4) : path;
  }

  private void addShards(String index, NavigableSet<String> chosen) throws IOException {
    Optional<String> unreadable = listing.problem(index);
    if (unreadable.isPresent()) {
      return; // told with the other chosen files
    }
    for (String shard : ShardIndex.read(listing, index, problems)) {
      if (listing.problem(shard).isPresent()) {
        problems.add(
            shard,
            listing.problem(shard).get() + ", and " + index + " names it",
            "Fetch the model again, whole.");
      } else {
        chosen.add(shard);
      }
    }
  }

  /** Adds the rest of every set whose files are numbered, and tells what is missing of it. */
  private void completeSets(NavigableSet<String> chosen) {
    for (String path : List.copyOf(chosen)) {
      Matcher shard = SHARD.matcher(path);
      if (!shard.matches()) {
        continue;
      }
      int count = Integer.parseInt(shard.group(3));
      for (int number = 1; number <= Math.min(count, MAX_SHARDS); number++) {
        String sibling =
            "%s-%05d-of-%s.%s".formatted(shard.group(1), number, shard.group(3), shard.group(4));
        if (listing.has(sibling)) {
          chosen.add(sibling);
        } else {
          problems.add(
              sibling,
              "it is missing, and the model is split into " + count,
              "Fetch the model again, whole.");
        }
      }
    }
  }

  private void check(String path) {
    listing
        .problem(path)
        .ifPresent(
            reason ->
                problems.add(
                    path, reason, "Put a regular file with a plain name inside the listing."));
    if (PICKLE.matcher(path).matches() && !model.allow().contains(Allowance.PICKLE)) {
      problems.add(path, Inspection.PICKLE_REASON, Inspection.PICKLE_REMEDY);
    }
    if (CODE.matcher(path).matches() && !model.allow().contains(Allowance.REMOTE_CODE)) {
      problems.add(path, "it is code that a server would run", Inspection.CODE_REMEDY);
    }
  }
}
