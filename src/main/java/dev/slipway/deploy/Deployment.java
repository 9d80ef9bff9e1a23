package dev.slipway.deploy;

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
    String smoke) {}
