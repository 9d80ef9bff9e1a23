package dev.slipway.model.mirror;

import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import dev.slipway.model.SnapshotContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Gives the files of a model in memory, and counts what is read of them. */
final class BytesContent implements SnapshotContent {

  final NavigableMap<String, byte[]> files = new TreeMap<>();
  final AtomicLong read = new AtomicLong();

  /** Makes a model of random files with these sizes. */
  static BytesContent random(long seed, Map<String, Integer> sizes) {
    var content = new BytesContent();
    var random = new Random(seed);
    new TreeMap<>(sizes)
        .forEach(
            (path, size) -> {
              byte[] bytes = new byte[size];
              random.nextBytes(bytes);
              content.files.put(path, bytes);
            });
    return content;
  }

  Snapshot snapshot() {
    return snapshot(this);
  }

  /** Returns a snapshot of these files whose bytes something else gives. */
  Snapshot snapshot(SnapshotContent given) {
    return snapshot("c0ffee", given);
  }

  Snapshot snapshot(String commit, SnapshotContent given) {
    List<ModelFile> described = new ArrayList<>();
    files.forEach(
        (path, bytes) ->
            described.add(
                new ModelFile(
                    path,
                    bytes.length,
                    HexFormat.of().formatHex(FileUpload.sha256().digest(bytes)))));
    return new Snapshot(
        ModelSource.parse("hf://org/model"),
        commit,
        described,
        new ModelFacts(
            Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty()),
        given);
  }

  @Override
  public InputStream open(ModelFile file, long offset, long length) throws IOException {
    byte[] bytes = files.getOrDefault(file.path(), new byte[0]);
    read.addAndGet(length);
    return new ByteArrayInputStream(bytes, Math.toIntExact(offset), Math.toIntExact(length));
  }

  @Override
  public Optional<Path> folder() {
    return Optional.empty();
  }
}
