package dev.slipway.hub;

import java.util.Optional;

/**
 * One file of a repository as the Hub lists it.
 *
 * @param path its name, which is foreign and unchecked
 * @param size in bytes
 * @param blob Git's hash of the file, or of the pointer that stands for a large one
 * @param sha256 of a large file (Git LFS); absent for a small one, which lies in Git itself
 */
record HubFile(String path, long size, String blob, Optional<String> sha256) {

  /** Returns the name of its bytes in the cache: what the Hub gives as the file's ETag. */
  String etag() {
    return sha256.orElse(blob);
  }
}
