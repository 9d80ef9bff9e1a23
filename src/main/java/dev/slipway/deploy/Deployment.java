package dev.slipway.deploy;

import org.jspecify.annotations.Nullable;

/**
 * Says what a deploy came to: the document of {@code slipway deploy --json}.
 *
 * @param deployment its name
 * @param environment the overlay of the manifest
 * @param revision counts the changes of the environment, from 1
 * @param stack the name of the endpoint's stack
 * @param endpoint its name
 * @param bucket the store's bucket
 * @param changed whether this run changed anything; false if everything was as asked already
 * @param status {@code running}
 * @param smoke {@code passed}, {@code warned} (an answer that isn't JSON), or {@code skipped} where
 *     nothing changed
 * @param service the business layer on ECS; null where it runs elsewhere
 */
public record Deployment(
    String deployment,
    String environment,
    int revision,
    String stack,
    String endpoint,
    String bucket,
    boolean changed,
    String status,
    String smoke,
    @Nullable Service service) {

  /**
   * The business layer on ECS.
   *
   * @param stack the name of its stack
   * @param url of its load balancer
   * @param image by its digest
   * @param index the key of its index in the bucket; null where Qdrant has it
   * @param asked {@code answered}, {@code live} (there was no key to ask with), {@code unreachable}
   *     from this machine, {@code other_name} (the certificate is for another name than the load
   *     balancer's), or {@code skipped} where nothing changed
   */
  public record Service(
      String stack, String url, String image, @Nullable String index, String asked) {}
}
