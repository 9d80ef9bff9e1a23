package dev.slipway.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Reads and writes a lock as the JSON document that {@code contract.md} fixes. */
final class LockDocument {

  private static final long MAX_BYTES = 1 << 26;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Keys that locks have had since a later version. */
  private static final Set<String> ADDED = Set.of("revision", "globs");

  private LockDocument() {}

  static ObjectNode document(Lock lock) {
    ObjectNode document = JSON.createObjectNode();
    document.put("source", lock.source());
    lock.revision().ifPresent(revision -> document.put("revision", revision));
    lock.globs()
        .ifPresent(
            globs -> {
              var listed = document.putArray("globs");
              globs.forEach(listed::add);
            });
    document.put("commit", lock.commit());
    var files = document.putArray("files");
    for (ModelFile file : lock.files()) {
      files
          .addObject()
          .put("path", file.path())
          .put("size", file.size())
          .put("sha256", file.sha256());
    }
    ModelFacts facts = lock.facts();
    var said = document.putObject("facts");
    facts
        .architecture()
        .ifPresentOrElse(v -> said.put("architecture", v), () -> said.putNull("architecture"));
    facts
        .parameters()
        .ifPresentOrElse(v -> said.put("parameters", v), () -> said.putNull("parameters"));
    facts.dtype().ifPresentOrElse(v -> said.put("dtype", v), () -> said.putNull("dtype"));
    facts
        .contextLength()
        .ifPresentOrElse(v -> said.put("context_length", v), () -> said.putNull("context_length"));
    return document;
  }

  static void write(Lock lock, Path file) {
    Path target = file.toAbsolutePath();
    Path folder = Optional.ofNullable(target.getParent()).orElse(target);
    try {
      Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
      try {
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          ByteBuffer bytes = ByteBuffer.wrap(text(lock).getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
          // The name must not point at a file whose content a power cut can still take.
          out.force(true);
        }
        makeReadable(temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new OperationFailed(
          "lock_not_written",
          "Cannot write " + file,
          "the file system said: " + e,
          "See that the folder exists, is writable and has space.",
          false,
          e);
    }
  }

  /** Gives the mode of a file that is meant for others: a temporary file is its owner's alone. */
  private static void makeReadable(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  static String text(Lock lock) throws JsonProcessingException {
    var indented = new DefaultIndenter("  ", "\n");
    var printer =
        new DefaultPrettyPrinter().withObjectIndenter(indented).withArrayIndenter(indented);
    return JSON.writer(printer).writeValueAsString(document(lock)) + "\n";
  }

  static Optional<Lock> read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw invalid(file, "it has more than " + MAX_BYTES + " bytes");
      }
      return Optional.of(new Reading(file).lock(JSON.readTree(Files.readAllBytes(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      String line = place == null ? "" : " near line " + place.getLineNr();
      throw invalid(file, "it is no single JSON document" + line);
    } catch (IOException e) {
      throw new OperationFailed(
          "lock_unreadable",
          "Cannot read " + file,
          "the file system said: " + e,
          "See that it is a file that you may read.",
          false,
          e);
    }
  }

  private static OperationFailed invalid(Path file, String why) {
    return new OperationFailed(
        "lock_invalid",
        "Cannot use " + file,
        why,
        "Restore it from version control, or delete it: the next `slipway up` makes it anew.");
  }

  /** Reads one document, naming the path of what is wrong. */
  private record Reading(Path file) {

    Lock lock(JsonNode document) {
      fields(document, "", Set.of("source", "commit", "files", "facts"), ADDED);
      List<ModelFile> files = new ArrayList<>();
      JsonNode listed = document.path("files");
      if (!listed.isArray() || listed.isEmpty()) {
        throw invalid(file, "files: must be a list of at least one file");
      }
      Set<String> names = new HashSet<>();
      for (JsonNode each : listed) {
        ModelFile read = modelFile(each, "files[" + files.size() + "]");
        if (!names.add(read.path())) {
          throw invalid(file, "files[" + files.size() + "].path: is there twice");
        }
        files.add(read);
      }
      return new Lock(
          text(document, "", "source"),
          document.has("revision") ? Optional.of(text(document, "", "revision")) : Optional.empty(),
          document.has("globs") ? Optional.of(globs(document.path("globs"))) : Optional.empty(),
          text(document, "", "commit"),
          files,
          facts(document.path("facts")));
    }

    private List<String> globs(JsonNode node) {
      List<String> globs = new ArrayList<>();
      for (JsonNode each : node) {
        globs.add(each.asText());
      }
      boolean texts = StreamSupport.stream(node.spliterator(), false).allMatch(JsonNode::isTextual);
      if (!node.isArray() || !texts) {
        throw invalid(file, "globs: must be a list of texts");
      }
      return globs;
    }

    private ModelFile modelFile(JsonNode node, String at) {
      fields(node, at, Set.of("path", "size", "sha256"));
      try {
        JsonNode size = node.path("size");
        if (!size.isIntegralNumber() || !size.canConvertToLong()) {
          throw invalid(file, at + ".size: must be a whole number of bytes");
        }
        return new ModelFile(
            text(node, at + ".", "path"), size.longValue(), text(node, at + ".", "sha256"));
      } catch (IllegalArgumentException e) {
        throw invalid(file, at + ": " + e.getMessage());
      }
    }

    private ModelFacts facts(JsonNode node) {
      fields(node, "facts", Set.of("architecture", "parameters", "dtype", "context_length"));
      Optional<Long> parameters = number(node, "parameters", Long.MAX_VALUE);
      Optional<Long> context = number(node, "context_length", Integer.MAX_VALUE);
      return new ModelFacts(
          optionalText(node, "architecture"),
          parameters.map(OptionalLong::of).orElse(OptionalLong.empty()),
          optionalText(node, "dtype"),
          context.map(c -> OptionalInt.of(c.intValue())).orElse(OptionalInt.empty()));
    }

    private Optional<String> optionalText(JsonNode node, String key) {
      return node.path(key).isNull() ? Optional.empty() : Optional.of(text(node, "facts.", key));
    }

    private Optional<Long> number(JsonNode node, String key, long max) {
      JsonNode value = node.path(key);
      if (value.isNull()) {
        return Optional.empty();
      }
      if (!value.isIntegralNumber()
          || !value.canConvertToLong()
          || value.longValue() < 0
          || value.longValue() > max) {
        throw invalid(file, "facts." + key + ": must be a whole number from 0 on, or null");
      }
      return Optional.of(value.longValue());
    }

    private String text(JsonNode node, String at, String key) {
      JsonNode value = node.path(key);
      if (!value.isTextual() || value.textValue().isEmpty()) {
        throw invalid(file, at + key + ": must be a text");
      }
      return value.textValue();
    }

    private void fields(JsonNode node, String at, Set<String> expected) {
      fields(node, at, expected, Set.of());
    }

    private void fields(JsonNode node, String at, Set<String> expected, Set<String> possible) {
      if (!node.isObject()) {
        throw invalid(file, (at.isEmpty() ? "it" : at) + ": must be an object");
      }
      String prefix = at.isEmpty() ? "" : at + ".";
      for (String key : expected.stream().sorted().toList()) {
        if (!node.has(key)) {
          throw invalid(file, prefix + key + ": is missing");
        }
      }
      for (var entry : node.properties()) {
        if (!expected.contains(entry.getKey()) && !possible.contains(entry.getKey())) {
          throw invalid(
              file,
              prefix
                  + RelativePath.quoted(entry.getKey())
                  + ": is unknown; a newer Slipway may have written it");
        }
      }
    }
  }
}
