package dev.slipway.store;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.index.VectorSpace;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.LockObtainFailedException;

/** Says what can be wrong with one index folder. */
final class IndexTrouble {

  private static final String A_FILE_IS_MISSING = "a file of it is missing";

  private final Path folder;

  IndexTrouble(Path folder) {
    this.folder = folder;
  }

  /** Returns the failure that an exception of Lucene's means. */
  OperationFailed of(IOException exception) {
    return switch (exception) {
      case LockObtainFailedException locked -> locked(locked);
      case CorruptIndexException corrupt -> damaged("a file in it is damaged", corrupt);
      case IndexFormatTooOldException old ->
          damaged("it was written by a version too old to be read", old);
      case IndexFormatTooNewException tooNew ->
          damaged("it was written by a newer version", tooNew);
      case EOFException cut -> damaged("a file in it is cut off", cut);
      case NoSuchFileException missing -> damaged(A_FILE_IS_MISSING, missing);
      case FileNotFoundException missing -> damaged(A_FILE_IS_MISSING, missing);
      default ->
          new OperationFailed(
              "index_io",
              "Cannot read or write the index in " + folder,
              reason(exception),
              "Check that the folder may be written and that its disk is not full.",
              false,
              exception);
    };
  }

  /** Returns the failure for an index that breaks Lucene's own expectations. */
  OperationFailed damaged(String why, Exception cause) {
    return new OperationFailed(
        "index_corrupt", "Cannot read the index in " + folder, why, rebuild(), false, cause);
  }

  /** Returns the failure for an index whose vectors another embedder made. */
  OperationFailed otherEmbedder(String found, VectorSpace expected) {
    return new OperationFailed(
        "index_embedder",
        "Cannot use the index in " + folder,
        "its vectors are those of " + found + ", and questions would be embedded by " + expected,
        rebuild());
  }

  private OperationFailed locked(IOException cause) {
    return new OperationFailed(
        "index_locked",
        "Cannot write to the index in " + folder,
        "something else is writing to it",
        "Wait until the other `slipway index` is done, then run this again.",
        true,
        cause);
  }

  private String rebuild() {
    return "Delete the folder "
        + folder
        + ", then run `slipway index` with the same paths to make it anew.";
  }

  private static String reason(IOException exception) {
    String message = exception.getMessage();
    String kind = exception.getClass().getSimpleName();
    return message == null ? kind : kind + ", " + message;
  }
}
