package dev.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One image, decided: the same plan over the same files gives the same digest.
 *
 * @param base what it begins with
 * @param platform what it is for
 * @param layers in the order in which they are laid, what changes least first
 * @param entryPoint the command that a container runs, whose working folder is {@code /app}
 * @param arguments what follows it unless a container is started with others
 * @param environment variables of the container
 * @param user {@code uid:gid}
 * @param port that the service listens on
 */
public record ImagePlan(
    BaseImage base,
    Platform platform,
    List<Layer> layers,
    List<String> entryPoint,
    List<String> arguments,
    SortedMap<String, String> environment,
    String user,
    int port) {

  /** The working folder, and the only one that the layers fill. */
  public static final String FOLDER = "/app";

  /** Copies the collections. */
  public ImagePlan {
    layers = List.copyOf(layers);
    entryPoint = List.copyOf(entryPoint);
    arguments = List.copyOf(arguments);
    environment = new TreeMap<>(environment);
  }

  /**
   * Files that are stored, sent and reused together.
   *
   * @param name for people
   */
  public record Layer(String name, List<Entry> entries) {
    /** Copies the entries. */
    public Layer {
      entries = List.copyOf(entries);
    }

    /** Returns how many bytes its files have before they are compressed. */
    public long bytes() {
      return entries.stream().mapToLong(entry -> entry.content().bytes()).sum();
    }
  }

  /**
   * One file.
   *
   * @param path below {@link #FOLDER}, with slashes
   */
  public record Entry(String path, Content content) {}

  /** Gives a file its bytes. */
  public sealed interface Content {
    /** Returns how many they are. */
    long bytes();

    /**
     * A file of this machine.
     *
     * @param file must stay as it is until the image is built
     */
    record OfFile(Path file) implements Content {
      @Override
      public long bytes() {
        try {
          return Files.size(file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    /**
     * A file that a lock pins, which need not be on this machine before an image is built.
     *
     * @param bytes how many it has
     * @param sha256 64 hexadecimal digits
     * @param fetched returns where it lies, and brings it here first where it isn't
     */
    record Locked(long bytes, String sha256, Supplier<Path> fetched) implements Content {}

    /**
     * Text.
     *
     * @param text in UTF-8
     */
    record OfText(String text) implements Content {
      @Override
      public long bytes() {
        return text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
  }

  /**
   * Returns a tag that names the content: another one as soon as anything in the image differs,
   * except a base that its own tag gives another meaning to. Reads every file but those that a lock
   * pins.
   */
  public String tag() {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      List<Object> facts = List.of(base, platform, entryPoint, arguments, environment, user, port);
      all.update(facts.toString().getBytes(StandardCharsets.UTF_8));
      for (Layer layer : layers) {
        for (Entry entry : layer.entries()) {
          all.update((layer.name() + " " + entry.path() + " ").getBytes(StandardCharsets.UTF_8));
          all.update(hash(entry.content()));
        }
      }
      return HexFormat.of().formatHex(all.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] hash(Content content) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    switch (content) {
      case Content.OfText(String text) -> digest.update(text.getBytes(StandardCharsets.UTF_8));
      case Content.Locked locked -> {
        return HexFormat.of().parseHex(locked.sha256());
      }
      case Content.OfFile(Path file) -> {
        try (InputStream in = Files.newInputStream(file);
            OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
          in.transferTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return digest.digest();
  }

  /** Returns how many bytes the layers have before they are compressed, the base's not counted. */
  public long bytes() {
    return layers.stream().mapToLong(Layer::bytes).sum();
  }
}
