package dev.slipway.image;

import java.nio.file.Path;
import java.util.Optional;

/** Says where a built image goes. */
public sealed interface ImageTarget {

  /**
   * A file that {@code docker load} takes.
   *
   * @param file is made, or written over
   * @param name what the image is called in it
   */
  record Tar(Path file, String name) implements ImageTarget {}

  /**
   * A registry.
   *
   * @param reference {@code [registry/]repository[:tag]}
   * @param login absent for what Docker's own configuration on this machine says, or none
   */
  record Registry(String reference, Optional<Login> login) implements ImageTarget {}

  /**
   * Who pushes.
   *
   * @param user a name
   * @param password a password or a token; it is in no text
   */
  record Login(String user, String password) {
    @Override
    public String toString() {
      return "login of " + user;
    }
  }
}
