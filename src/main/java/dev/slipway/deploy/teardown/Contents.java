package dev.slipway.deploy.teardown;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.CloudFailure;
import dev.slipway.model.mirror.Bucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What lies in a store: objects, unfinished uploads, images. Lists and empties it. */
record Contents(Cloud cloud, Store store) {

  /** Lists what lies there, objects by the folder that they lie in, with how many there are. */
  List<Doomed> list(Predicate<String> key) {
    List<Doomed> found = new ArrayList<>();
    store
        .bucket()
        .ifPresent(
            name -> {
              try (Bucket bucket = cloud.bucket(name)) {
                uploads(bucket, key).forEach(u -> found.add(doomed(name, u)));
                Map<String, Integer> folders = new TreeMap<>();
                keys(bucket, key).forEach(k -> folders.merge(folder(k), 1, Integer::sum));
                folders.forEach(
                    (folder, count) ->
                        found.add(new Doomed(Sort.OBJECT, folder, name, count + " objects")));
              }
            });
    return found;
  }

  /** Empties it of what matches. */
  List<Removal.Deleted> empty(Predicate<String> key) {
    List<Doomed> before = list(key);
    store
        .bucket()
        .ifPresent(
            name -> {
              try (Bucket bucket = cloud.bucket(name)) {
                uploads(bucket, key).forEach(bucket::abort);
                List<String> keys = keys(bucket, key);
                if (!keys.isEmpty()) {
                  bucket.delete(keys);
                }
              }
            });
    return before.stream().map(Doomed::deleted).toList();
  }

  /** Lists the images. */
  List<Doomed> images() {
    return store.repository().stream()
        .flatMap(
            repository ->
                cloud.images().digests(repository).stream()
                    .map(digest -> new Doomed(Sort.IMAGE, digest, repository, "")))
        .toList();
  }

  /** Deletes the images. */
  List<Removal.Deleted> removeImages() {
    List<Doomed> images = images();
    store
        .repository()
        .filter(_ -> !images.isEmpty())
        .ifPresent(
            repository ->
                cloud.images().delete(repository, images.stream().map(Doomed::name).toList()));
    return images.stream().map(Doomed::deleted).toList();
  }

  private static Doomed doomed(String bucket, Bucket.Upload upload) {
    return new Doomed(Sort.UPLOAD, upload.key(), bucket, upload.id());
  }

  private static List<String> keys(Bucket bucket, Predicate<String> key) {
    return ifThere(() -> bucket.list("")).stream().map(Bucket.Item::key).filter(key).toList();
  }

  private static List<Bucket.Upload> uploads(Bucket bucket, Predicate<String> key) {
    return ifThere(() -> bucket.uploads("")).stream().filter(u -> key.test(u.key())).toList();
  }

  /** A stack whose deletion was interrupted can name a bucket that is gone. */
  private static <T> List<T> ifThere(Supplier<List<T>> list) {
    try {
      return list.get();
    } catch (CloudFailure failure) {
      if (failure.kind() == CloudFailure.Kind.NOT_FOUND) {
        return List.of();
      }
      throw failure;
    }
  }

  /** Returns the first two folders of a key: {@code models/COMMIT/}. */
  private static String folder(String key) {
    int first = key.indexOf('/');
    int second = first < 0 ? -1 : key.indexOf('/', first + 1);
    return second < 0 ? key : key.substring(0, second + 1);
  }
}
