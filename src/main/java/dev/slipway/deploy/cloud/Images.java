package dev.slipway.deploy.cloud;

import java.util.List;
import java.util.Optional;

/** The images of the store's repository. */
public interface Images {

  /** Lists the digests of all images; none if there is no such repository. */
  List<String> digests(String repository);

  /** Returns what lets the caller push and pull for some hours. */
  Login login();

  /**
   * A name and a token for the account's registry.
   *
   * @param password is in no text
   */
  record Login(String user, String password) {
    @Override
    public String toString() {
      return "login of " + user;
    }
  }

  /** Returns a repository's address, {@code HOST/NAME}; absent if there is no such repository. */
  Optional<String> address(String repository);

  /** Returns the digest of the image that has a tag; absent if none has. */
  Optional<String> digest(String repository, String tag);

  /** Deletes images; absent ones are no failure. */
  void delete(String repository, List<String> digests);
}
