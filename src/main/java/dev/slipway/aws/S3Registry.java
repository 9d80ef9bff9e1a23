package dev.slipway.aws;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ContentHash;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.choice.Choice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/**
 * Resolves {@code s3://} sources: everything below a prefix, chosen by the rules of every registry.
 *
 * <p>The SHA-256 of a file is the store's own, where the object was uploaded with that checksum
 * over the whole; else it is read once, and remembered by bucket, key, ETag and size. The commit is
 * the {@link ContentHash}. Content is read by ranges, and only while the ETag is the one that was
 * resolved. Thread-safe.
 */
public final class S3Registry implements ModelRegistry {
  private static final int BUFFER_BYTES = 1 << 18;

  private final Supplier<S3Client> s3;
  private final Path cache;
  private final ObjectHashes hashes;

  /**
   * Makes a registry.
   *
   * @param s3 asked for when a model of S3 is first resolved
   * @param cache where Slipway keeps what can be made again
   */
  public S3Registry(Supplier<S3Client> s3, Path cache) {
    this.s3 = s3;
    this.cache = cache.resolve("s3");
    this.hashes = new ObjectHashes(this.cache);
  }

  @Override
  public Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit) {
    return switch (model.source()) {
      case ModelSource.S3Prefix source -> {
        S3Source listed = S3Source.below(s3.get(), source.uri(), source.bucket(), source.prefix());
        yield resolve(model, listed);
      }
      case ModelSource.LocalPath source -> throw unknown(source);
      case ModelSource.HuggingFace source -> throw unknown(source);
      case ModelSource.ModelPackage source -> throw unknown(source);
    };
  }

  /** Resolves what lies below a prefix, which another registry may have named. */
  Snapshot resolve(ModelSpec model, S3Source listed) {
    try {
      Choice choice = Choice.of(listed, model);
      List<ModelFile> files = new ArrayList<>();
      for (String path : choice.files()) {
        files.add(describe(listed, path));
      }
      return new Snapshot(model.source(), ContentHash.of(files), files, choice.facts(), listed);
    } catch (IOException e) {
      throw unreadable(listed, e);
    }
  }

  /** Resolves one object as it is, such as an archive. */
  Snapshot resolveWhole(ModelSpec model, S3Source listed) {
    try {
      List<ModelFile> files = new ArrayList<>();
      for (String path : listed.paths()) {
        files.add(describe(listed, path));
      }
      var facts =
          new ModelFacts(
              Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty());
      return new Snapshot(model.source(), ContentHash.of(files), files, facts, listed);
    } catch (IOException e) {
      throw unreadable(listed, e);
    }
  }

  @Override
  public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    return snapshot.content().folder().isPresent()
        ? snapshot
        : new S3Fetch(
                snapshot,
                cache.resolve("models").resolve(ContentHash.of(snapshot.files())),
                progress)
            .run();
  }

  private ModelFile describe(S3Source listed, String path) throws IOException {
    S3Source.Item item = listed.item(path);
    var identity = new ObjectHashes.Identity(listed.bucket(), item.key(), item.etag(), item.size());
    Optional<String> known = hashes.find(identity).or(() -> stored(listed, item));
    if (known.isPresent()) {
      return new ModelFile(path, item.size(), known.get());
    }
    MessageDigest digest = S3Fetch.sha256();
    long have = 0;
    for (int failures = 0; have < item.size(); ) {
      long before = have;
      try (InputStream in =
          listed.open(new ModelFile(path, item.size(), "0".repeat(64)), have, item.size() - have)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          have += n;
        }
      } catch (IOException broken) {
        failures = have > before ? 1 : failures + 1;
        if (failures > 3) {
          throw broken;
        }
      }
    }
    String sha256 = HexFormat.of().formatHex(digest.digest());
    hashes.put(identity, sha256);
    return new ModelFile(path, item.size(), sha256);
  }

  /** Returns the SHA-256 that the store has, unless it is one over parts. */
  private Optional<String> stored(S3Source listed, S3Source.Item item) {
    String sum =
        S3Failures.ofModel(listed.source())
            .call(
                "s3:GetObject",
                () -> {
                  var head =
                      s3.get()
                          .headObject(
                              h ->
                                  h.bucket(listed.bucket())
                                      .key(item.key())
                                      .ifMatch(S3Bucket.quoted(item.etag()))
                                      .checksumMode(ChecksumMode.ENABLED));
                  return head.checksumSHA256() == null ? "" : head.checksumSHA256();
                });
    // One over parts ends in a hyphen and their number.
    return sum.matches("[A-Za-z0-9+/]{43}=")
        ? Optional.of(HexFormat.of().formatHex(Base64.getDecoder().decode(sum)))
        : Optional.empty();
  }

  private static OperationFailed unreadable(S3Source listed, IOException e) {
    return new OperationFailed(
        "model_unreadable",
        "Cannot read the model " + RelativePath.quoted(listed.source()),
        "the connection failed: " + e.getMessage(),
        "Try again.",
        true,
        e);
  }

  private static OperationFailed unknown(ModelSource source) {
    return new OperationFailed(
        "source_unsupported",
        "Cannot resolve " + source.uri(),
        "this registry resolves s3:// sources only",
        "Give model.source: s3://bucket/prefix/.");
  }
}
