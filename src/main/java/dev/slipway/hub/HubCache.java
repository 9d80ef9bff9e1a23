package dev.slipway.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One repository's folder in the cache that all of the Hub's tools share: {@code blobs} by ETag,
 * {@code snapshots/COMMIT} with links to them by path, {@code refs} with the commit of each branch.
 *
 * @param root the folder of all repositories
 * @param name of this one: {@code models--org--name}
 */
record HubCache(Path root, String name) {

  // Ours alone: the Hub's tools write theirs as ETAG.incomplete and ETAG.RANDOM.incomplete, under
  // locks that Java can't take.
  private static final String PARTIAL = ".slipway.incomplete";

  private Path folder() {
    return root.resolve(name);
  }

  Path blob(HubFile file) {
    return folder().resolve("blobs").resolve(file.etag());
  }

  /** Returns where a file's bytes gather until they are whole. */
  Path partial(HubFile file) {
    return folder().resolve("blobs").resolve(file.etag() + PARTIAL);
  }

  /** Returns the file that keeps two processes from fetching the same one. */
  Path lock(HubFile file) {
    return root.resolve(".locks").resolve(name).resolve(file.etag() + ".slipway.lock");
  }

  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  /** Returns a file's blob if it is here with the right size, which says nothing of its bytes. */
  Optional<Path> present(HubFile file) {
    Path blob = blob(file);
    try {
      return Files.isRegularFile(blob) && Files.size(blob) == file.size()
          ? Optional.of(blob)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Reads a small file's bytes; absent if they aren't here, or aren't what Git calls them. */
  Optional<byte[]> small(HubFile file) throws IOException {
    Optional<Path> blob = present(file);
    if (blob.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(blob.get())) {
      byte[] bytes = in.readAllBytes();
      return gitBlob(bytes).equals(file.blob()) ? Optional.of(bytes) : Optional.empty();
    }
  }

  /** Keeps a small file's bytes, whole or not at all. */
  void keep(HubFile file, byte[] bytes) throws IOException {
    Path blob = blob(file);
    Path blobs = Files.createDirectories(folder().resolve("blobs"));
    Path temporary = Files.createTempFile(blobs, file.etag() + ".", PARTIAL);
    try {
      Files.write(temporary, bytes);
      settle(temporary, blob);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Gives whole bytes their name, with the mode that the user's files have, once they are safe. */
  void settle(Path partial, Path blob) throws IOException {
    try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
      // The name must not point at a file whose content a power cut can still take.
      channel.force(true);
    }
    if (Files.getFileStore(partial).supportsFileAttributeView("posix")) {
      var mode = Files.getPosixFilePermissions(partial.resolveSibling(".").normalize());
      mode.removeIf(p -> p.name().endsWith("_EXECUTE"));
      Files.setPosixFilePermissions(partial, mode);
    }
    Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Lets a snapshot's path lead to the file's blob. */
  void link(String commit, HubFile file) throws IOException {
    Path link = snapshot(commit).resolve(file.path());
    Path folder = Files.createDirectories(link.resolveSibling(".").normalize());
    Path blob = blob(file);
    if (leadsTo(link, blob)) {
      return;
    }
    Path temporary = folder.resolve("." + file.etag() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(temporary);
    try {
      Files.createSymbolicLink(temporary, folder.relativize(blob));
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Systems that give links to some users only; the Hub's tools put a copy there too.
      Files.copy(blob, temporary);
    }
    Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean leadsTo(Path link, Path blob) throws IOException {
    try {
      return Files.isSameFile(link, blob)
          || (!Files.isSymbolicLink(link) && Files.mismatch(link, blob) < 0);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Returns the commit that a branch named when it was last fetched. */
  Optional<String> ref(String revision) {
    Path file = folder().resolve("refs").resolve(revision).normalize();
    try {
      if (!file.startsWith(folder().resolve("refs")) || !Files.isRegularFile(file)) {
        return Optional.empty();
      }
      String commit = Files.readString(file).strip();
      return commit.matches("[0-9a-f]{40}") ? Optional.of(commit) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Notes which commit a branch names. */
  void ref(String revision, String commit) throws IOException {
    Path refs = folder().resolve("refs");
    Path file = refs.resolve(revision).normalize();
    if (!file.startsWith(refs) || ref(revision).equals(Optional.of(commit))) {
      return;
    }
    Path parent = Files.createDirectories(file.resolveSibling(".").normalize());
    Path temporary = Files.createTempFile(parent, ".", ".tmp");
    Files.writeString(temporary, commit);
    settle(temporary, file);
  }

  /** Returns whether a path of a snapshot is here with the right size. */
  boolean linked(String commit, String path, long size) {
    Path file = snapshot(commit).resolve(path);
    try {
      return Files.isRegularFile(file) && Files.size(file) == size;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether anything of a commit is here. */
  boolean has(String commit) {
    return Files.isDirectory(snapshot(commit), LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns Git's hash of a file's bytes. */
  static String gitBlob(byte[] bytes) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha1.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
