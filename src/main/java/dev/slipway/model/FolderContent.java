package dev.slipway.model;

import dev.slipway.failure.OperationFailed;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Gives the files of a folder of this machine. */
record FolderContent(Path root) implements SnapshotContent {

  @Override
  public InputStream open(ModelFile file, long offset, long length) throws IOException {
    try {
      FileChannel channel = FileChannel.open(root.resolve(file.path()), StandardOpenOption.READ);
      if (channel.size() != file.size()) {
        channel.close();
        throw changed(file, null);
      }
      channel.position(offset);
      return new BufferedInputStream(
          new LimitedStream(Channels.newInputStream(channel), length), 1 << 16);
    } catch (NoSuchFileException gone) {
      throw changed(file, gone);
    }
  }

  private static OperationFailed changed(
      ModelFile file, @org.jspecify.annotations.Nullable Exception e) {
    return new OperationFailed(
        "model_changed",
        "Cannot read the model's file " + RelativePath.quoted(file.path()),
        "it is gone, or has another size than when it was looked at",
        "Put it back, or run again to resolve the model anew.",
        false,
        e);
  }

  @Override
  public Optional<Path> folder() {
    return Optional.of(root);
  }
}
