package dev.slipway.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Gives the bytes of a snapshot's files, wherever they are. Safe for use by several threads. */
public interface SnapshotContent {

  /**
   * Opens a range of a file. An implementation waits out what its registry asks to wait for (rate
   * limits), renews what expires (signed addresses), and sees that what it reads is still the
   * revision that was resolved.
   *
   * @param file one of the snapshot's files
   * @param offset of the first byte
   * @param length how many bytes; the stream ends after them, or early if the connection breaks
   * @throws IOException if the connection breaks or the registry fails: another try may help
   * @throws dev.slipway.failure.OperationFailed if another try can't help: the file is gone or has
   *     changed, or may not be read
   */
  InputStream open(ModelFile file, long offset, long length) throws IOException;

  /** Returns the folder on this machine that holds every file by its path, absent if none does. */
  Optional<Path> folder();

  /** Gives the files of a folder of this machine. */
  static SnapshotContent of(Path folder) {
    return new FolderContent(folder);
  }
}
