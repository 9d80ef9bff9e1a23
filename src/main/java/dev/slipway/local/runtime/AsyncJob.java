package dev.slipway.local.runtime;

import java.util.Map;

/**
 * One asynchronous request, as it waits on disk.
 *
 * @param id of this server's own making; names its files
 * @param endpoint the endpoint's name
 * @param region that the caller signed for
 * @param headers for the container
 * @param input where it lies, as {@code s3://bucket/key}
 * @param inline whether the input came with the request and is deleted after it
 * @param output where the answer goes
 * @param failure where the reason goes if there is no answer
 * @param accepted in milliseconds since 1970
 * @param waitSeconds after which it is no longer begun
 * @param timeoutSeconds until its answer must be there, from its beginning
 */
record AsyncJob(
    String id,
    String endpoint,
    String region,
    Map<String, String> headers,
    String input,
    boolean inline,
    String output,
    String failure,
    long accepted,
    int waitSeconds,
    int timeoutSeconds) {
  AsyncJob {
    headers = Map.copyOf(headers);
  }
}
