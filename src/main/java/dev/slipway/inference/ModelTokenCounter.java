package dev.slipway.inference;

import dev.slipway.model.GgufHeader;
import dev.slipway.model.Snapshot;
import dev.slipway.rag.TokenCounter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts tokens with a model's own vocabulary: its GGUF's where it has one, since that is what the
 * local engine runs, else its {@code tokenizer.json}; without either, no text has more tokens than
 * it has bytes. Control tokens that are written out in a text count as one each. Thread-safe.
 */
public final class ModelTokenCounter implements TokenCounter {

  private static final Logger LOG = LoggerFactory.getLogger(ModelTokenCounter.class);

  private final ToIntFunction<String> counting;
  private final boolean exact;

  private ModelTokenCounter(ToIntFunction<String> counting, boolean exact) {
    this.counting = counting;
    this.exact = exact;
  }

  /**
   * Returns the best counter that a model's files allow. A vocabulary that can't be used is logged
   * and leaves the estimate: counting never keeps a model from being served.
   */
  public static TokenCounter of(Snapshot model) {
    return fromGguf(model).or(() -> fromTokenizerJson(model)).orElseGet(ModelTokenCounter::upper);
  }

  /** Returns a counter that gives the most tokens that a text can have: one for each byte. */
  public static TokenCounter upper() {
    // One more, because some vocabularies put a space before the text.
    return new ModelTokenCounter(
        text -> text.isEmpty() ? 0 : text.getBytes(StandardCharsets.UTF_8).length + 1, false);
  }

  @Override
  public int count(String text) {
    return text.isEmpty() ? 0 : counting.applyAsInt(text);
  }

  @Override
  public boolean exact() {
    return exact;
  }

  private static Optional<TokenCounter> fromGguf(Snapshot model) {
    Optional<Path> file = model.gguf();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      GgufHeader header = GgufHeader.read(file.get());
      Optional<TokenCounter> sentencePiece =
          SentencePieceTokenizer.of(header)
              .map(t -> new ModelTokenCounter(text -> t.encode(text).length, true));
      Optional<byte[]> bytePair =
          sentencePiece.isPresent() ? Optional.empty() : BytePairTokenizer.json(header);
      return bytePair.isPresent()
          ? Optional.of(counter(NativeTokenizer.whole(bytePair.get())))
          : sentencePiece;
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      return unusable(file.get(), e);
    }
  }

  private static Optional<TokenCounter> fromTokenizerJson(Snapshot model) {
    Optional<Path> file = model.path("tokenizer.json");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(counter(NativeTokenizer.whole(Files.readAllBytes(file.get()))));
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      return unusable(file.get(), e);
    }
  }

  private static TokenCounter counter(NativeTokenizer tokenizer) {
    return new ModelTokenCounter(tokenizer::count, true);
  }

  private static Optional<TokenCounter> unusable(Path file, Throwable e) {
    LOG.warn(
        "Cannot count tokens with the vocabulary in {}, so counts are upper estimates: {}",
        file.getFileName(),
        e.toString());
    return Optional.empty();
  }
}
