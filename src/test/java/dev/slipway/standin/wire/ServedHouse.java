package dev.slipway.standin.wire;

import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectStore;
import dev.slipway.local.s3.ObjectUri;
import dev.slipway.local.s3.StoredObject;
import dev.slipway.standin.hosting.ObjectHouse;
import dev.slipway.standin.kernel.AwsError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;

/** Buckets behind the local object store's server. Thread-safe. */
final class ServedHouse implements ObjectHouse {
  private static final String SIGNATURE =
      "AWS4-HMAC-SHA256 Credential=standin/20260301/eu-west-1/s3/aws4_request,"
          + " SignedHeaders=host, Signature=0";

  private final ObjectServer server;
  private final HttpClient client;

  ServedHouse(ObjectServer server, HttpClient client) {
    this.server = server;
    this.client = client;
  }

  @Override
  public void create(String bucket) {
    try {
      server.store().ensureBucket(bucket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean exists(String bucket) {
    return ask("HEAD", bucket).statusCode() == 200;
  }

  @Override
  public Optional<String> remove(String bucket) {
    return ask("DELETE", bucket).statusCode() == 409
        ? Optional.of("The bucket you tried to delete is not empty")
        : Optional.empty();
  }

  @Override
  public List<String> keys(String bucket) {
    return server.store().list(new ObjectUri(bucket, "")).stream().map(StoredObject::key).toList();
  }

  @Override
  public Optional<byte[]> get(String bucket, String key) {
    try {
      Optional<ObjectStore.OpenObject> open = server.store().open(new ObjectUri(bucket, key));
      if (open.isEmpty()) {
        return Optional.empty();
      }
      try (ObjectStore.OpenObject object = open.get();
          InputStream body = object.body()) {
        return Optional.of(body.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(String bucket, String key, byte[] body) {
    create(bucket);
    try {
      server
          .store()
          .put(
              new ObjectUri(bucket, key),
              new ByteArrayInputStream(body),
              StoredObject.Description.ofType("application/octet-stream"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<Void> ask(String method, String bucket) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(server.url() + "/" + bucket))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .header("Authorization", SIGNATURE)
              .build(),
          BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsError(503, "ServiceUnavailable", "The stand-in is stopping");
    }
  }
}
