package dev.slipway.deploy;

import dev.slipway.manifest.Manifest;

/**
 * The container image of the business layer: the service of this version, and the manifest that it
 * serves. Its entry point is {@code slipway serve} with that manifest and its environment; what a
 * task definition adds are {@code --listen}, {@code --port} and {@code --index}.
 *
 * <p>It is for Linux on x86-64. It runs as a user without a name (10001) on a file system that can
 * only be read, so that all of it must be readable by everyone. It declares {@code /tmp} as a
 * volume that everyone may write to (mode 1777): without that, Fargate's volume is root's alone.
 */
public interface ServiceImage {

  /**
   * Returns the tag that names the image's content: another one as soon as anything in the image
   * differs. Costs no network, and no build.
   */
  String tag(Manifest manifest);

  /**
   * Makes the image and puts it into a repository, under its tag.
   *
   * @param repository its address, {@code HOST/NAME}
   * @return the digest, {@code sha256:...}
   * @throws dev.slipway.failure.Failure if it can't be made, or the registry doesn't take it
   */
  String push(Manifest manifest, String repository);
}
