package dev.slipway.deploy.cloud;

import java.util.List;

/** The images of the store's repository. */
public interface Images {

  /** Lists the digests of all images; none if there is no such repository. */
  List<String> digests(String repository);

  /** Deletes images; absent ones are no failure. */
  void delete(String repository, List<String> digests);
}
