package dev.slipway.model.choice;

import java.io.IOException;
import java.io.InputStream;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * The files of one revision of a model as a registry lists them, wherever they are. What a method
 * is asked about need not be listed: indexes name files too.
 */
public interface Listing {

  /** Returns the model's source, as a manifest has it. */
  String source();

  /** Returns the one file that the source names; absent if it names all of them. */
  default Optional<String> only() {
    return Optional.empty();
  }

  /**
   * Returns the paths of all files, without hidden ones.
   *
   * @throws IOException if they can't be listed
   */
  NavigableSet<String> paths() throws IOException;

  /** Returns whether there is anything of that path. */
  boolean has(String path);

  /** Says why a file may not be read; absent if it may. Reads nothing of it. */
  Optional<String> problem(String path);

  /** Returns how many bytes a file has. */
  long size(String path) throws IOException;

  /**
   * Opens a file at its first byte, to read its head or, if it is small, all of it. What isn't read
   * need not be brought here.
   */
  InputStream open(String path) throws IOException;
}
