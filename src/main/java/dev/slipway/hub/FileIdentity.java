package dev.slipway.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What tells one state of a file from another without reading it.
 *
 * @param path its real path
 * @param size in bytes
 * @param modified when its content last changed, in nanoseconds since 1970
 * @param changed when anything of it last changed, in nanoseconds since 1970, where the system
 *     tells it (Unix: a program can set the other time, not this one); else 0
 * @param key what the file system calls it (Unix: device and inode); empty where it has none
 */
record FileIdentity(String path, long size, long modified, long changed, String key) {

  static FileIdentity of(Path file) throws IOException {
    Path real = file.toRealPath();
    var attributes = Files.readAttributes(real, BasicFileAttributes.class);
    Object key = attributes.fileKey();
    return new FileIdentity(
        real.toString(),
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        changed(real),
        key == null ? "" : key.toString());
  }

  /** Returns the later of both times, in nanoseconds since 1970. */
  long latest() {
    return Math.max(modified, changed);
  }

  private static long changed(Path real) throws IOException {
    if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return 0;
    }
    Map<String, Object> unix = Files.readAttributes(real, "unix:ctime");
    return unix.get("ctime") instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
  }
}
