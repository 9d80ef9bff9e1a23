package dev.slipway.store;

import dev.slipway.rag.index.VectorSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Follows the last commit of an index, whichever process makes it; the index may be missing, appear
 * later, or be deleted and made anew. Thread-safe.
 */
final class CommittedIndex implements AutoCloseable {

  private final Path folder;
  private final VectorSpace space;
  private final IndexTrouble trouble;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Directory directory;
  private @Nullable Current current;
  private boolean closed;

  /**
   * An open state of the index.
   *
   * @param commit the id that Lucene gave to the commit
   * @param lineage the id of the index, which no index made anew shares
   */
  private record Current(DirectoryReader reader, byte[] commit, String lineage) {}

  /** A state of the index that stays open until it is given back. */
  record Lease(DirectoryReader reader) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      reader.decRef();
    }
  }

  CommittedIndex(Path folder, VectorSpace space, IndexTrouble trouble) {
    this.folder = folder;
    this.space = space;
    this.trouble = trouble;
  }

  /** Returns the state of the last commit, or nothing if there is no index yet. */
  Optional<Lease> lease() throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      refresh();
      if (current == null) {
        return Optional.empty();
      }
      current.reader().incRef();
      return Optional.of(new Lease(current.reader()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      drop();
      if (directory != null) {
        directory.close();
        directory = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private void refresh() throws IOException {
    if (!Files.isDirectory(folder)) {
      drop();
      return;
    }
    Directory files = directory;
    if (files == null) {
      files = FSDirectory.open(folder);
      directory = files;
    }
    if (!DirectoryReader.indexExists(files)) {
      drop();
      return;
    }
    SegmentInfos last = SegmentInfos.readLatestCommit(files);
    if (current == null || !Arrays.equals(current.commit(), last.getId())) {
      follow(files);
    }
  }

  private void follow(Directory files) throws IOException {
    Current before = current;
    DirectoryReader next = null;
    if (before != null && before.lineage().equals(lineage(files))) {
      next = DirectoryReader.openIfChanged(before.reader());
    }
    if (next == null) {
      next = DirectoryReader.open(files);
    }
    try {
      Map<String, String> data = next.getIndexCommit().getUserData();
      IndexIdentity.check(data, space, trouble);
      SegmentInfos opened =
          SegmentInfos.readCommit(files, next.getIndexCommit().getSegmentsFileName());
      drop();
      current = new Current(next, opened.getId(), IndexIdentity.lineage(data));
    } catch (IOException | RuntimeException unusable) {
      next.decRef();
      throw unusable;
    }
  }

  private static String lineage(Directory files) throws IOException {
    return IndexIdentity.lineage(SegmentInfos.readLatestCommit(files).getUserData());
  }

  private void drop() throws IOException {
    if (current != null) {
      current.reader().decRef();
      current = null;
    }
  }
}
