package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.ObjectPlaces;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Keeps the bodies of asynchronous requests in the deployment's store, for as long as needed. */
public final class StoredRequests implements ObjectPlaces, AutoCloseable {
  private static final int PART = 16 << 20;

  private final Function<String, Bucket> buckets;
  private final ResourceNames names;
  private final Bucket store;

  StoredRequests(Cloud cloud, ResourceNames names, Bucket store) {
    this(cloud::bucket, names, store);
  }

  /**
   * Uses a store.
   *
   * @param buckets opens others, where answers may lie
   * @param store the deployment's, which is closed with this
   */
  public StoredRequests(Function<String, Bucket> buckets, ResourceNames names, Bucket store) {
    this.buckets = buckets;
    this.names = names;
    this.store = store;
  }

  /**
   * Opens the store of a deployment.
   *
   * @throws OperationFailed if there is none
   */
  public static StoredRequests open(Cloud cloud, ResourceNames names) {
    return cloud
        .stacks()
        .find(names.storeStack())
        .map(StackOutputs::new)
        .flatMap(StackOutputs::bucket)
        .map(bucket -> new StoredRequests(cloud, names, cloud.bucket(bucket)))
        .orElseThrow(
            () ->
                new OperationFailed(
                    "no_store",
                    "Cannot ask \"" + names.endpoint() + "\"",
                    "there is no store to put an asynchronous request in (stack "
                        + names.storeStack()
                        + ").",
                    "Look with `slipway status`; deploy it with `slipway deploy`."));
  }

  @Override
  public String keep(byte[] body, String contentType) {
    String key = names.asyncPrefix() + "input/" + UUID.randomUUID();
    if (body.length <= PART) {
      store.put(key, body, contentType);
    } else {
      sendInParts(key, body, contentType);
    }
    return "s3://" + store.name() + "/" + key;
  }

  private void sendInParts(String key, byte[] body, String contentType) {
    Bucket.Upload upload = store.begin(key, contentType, Map.of());
    try {
      List<Bucket.Part> parts = new ArrayList<>();
      for (int from = 0; from < body.length; from += PART) {
        ByteBuffer part = ByteBuffer.wrap(body, from, Math.min(PART, body.length - from));
        parts.add(store.send(upload, parts.size() + 1, part));
      }
      store.complete(upload, parts);
    } catch (RuntimeException failed) {
      store.abort(upload);
      throw failed;
    }
  }

  @Override
  public Optional<byte[]> read(String address) {
    Place place = Place.of(address);
    if (place.bucket().equals(store.name())) {
      return store.get(place.key());
    }
    try (Bucket theirs = buckets.apply(place.bucket())) {
      return theirs.get(place.key());
    }
  }

  /** What lies in a bucket of the user's stays there. */
  @Override
  public void forget(String address) {
    Place place = Place.of(address);
    if (place.bucket().equals(store.name())) {
      store.delete(List.of(place.key()));
    }
  }

  private record Place(String bucket, String key) {
    static Place of(String address) {
      String rest = address.substring("s3://".length());
      int slash = rest.indexOf('/');
      return new Place(rest.substring(0, slash), rest.substring(slash + 1));
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
