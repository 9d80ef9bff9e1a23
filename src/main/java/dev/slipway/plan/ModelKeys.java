package dev.slipway.plan;

import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Says where in the store's bucket a model lies: the one place that does, for those who write it
 * there and for the endpoint that reads it.
 *
 * <p>The key is {@code models/NAME-COMMIT-FILES/}: it stays the same for the same revision of the
 * same files, and differs once another choice of files is made of that revision, since an endpoint
 * loads everything that lies below its prefix.
 */
public final class ModelKeys {
  private static final int SLUG_LENGTH = 40;
  private static final int COMMIT_LENGTH = 12;
  private static final int FILES_LENGTH = 8;

  private ModelKeys() {}

  /** Returns the prefix below which the files of a lock lie, with a slash at its end. */
  public static String prefix(Lock lock) {
    return ResourceNames.modelsPrefix()
        + slug(lock.source())
        + "-"
        + plain(lock.commit(), COMMIT_LENGTH)
        + "-"
        + hash(lock.files())
        + "/";
  }

  /** Returns whether a lock holds nothing but one packed {@code model.tar.gz}. */
  public static boolean isArchive(Lock lock) {
    return lock.files().size() == 1 && lock.files().getFirst().path().endsWith(".tar.gz");
  }

  /** Returns what the endpoint is told: the prefix, or the object's key where it is an archive. */
  public static String key(Lock lock) {
    return isArchive(lock) ? prefix(lock) + lock.files().getFirst().path() : prefix(lock);
  }

  private static String slug(String source) {
    String name =
        switch (ModelSource.parse(source)) {
          case ModelSource.HuggingFace hub -> hub.organization() + "-" + hub.repository();
          case ModelSource.S3Prefix s3 -> s3.prefix().isEmpty() ? s3.bucket() : last(s3.prefix());
          case ModelSource.ModelPackage group -> group.group();
          case ModelSource.LocalPath local -> last(local.path());
        };
    String slug = plain(name, SLUG_LENGTH);
    return slug.isEmpty() ? "model" : slug;
  }

  private static String last(String path) {
    String[] steps = path.split("[/\\\\]+", 0);
    return steps.length == 0 ? "" : steps[steps.length - 1];
  }

  /** Keeps what needs no escape in any address. */
  private static String plain(String name, int length) {
    String plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return plain.substring(0, Math.min(length, plain.length())).replaceAll("-$", "");
  }

  private static String hash(List<ModelFile> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (ModelFile file : files) {
        digest.update((file.path() + "\0" + file.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, FILES_LENGTH);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
