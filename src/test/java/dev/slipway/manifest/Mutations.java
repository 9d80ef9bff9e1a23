package dev.slipway.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Breaks manifests at random, line by line and value by value, the same way for the same seed. */
final class Mutations {
  private static final List<String> VALUES =
      List.of(
          "null",
          "~",
          "true",
          "false",
          "yes",
          "0",
          "1",
          "-1",
          "3.5",
          "1e9",
          "99999999999",
          "010",
          "\"5\"",
          "text",
          "\"\"",
          "[]",
          "{}",
          "[1]",
          "[a, a]",
          "{a: b}",
          "5m",
          "90s",
          "500ms",
          "2d",
          "10%",
          "90%",
          "64KiB",
          "1TiB",
          "hf://org/name",
          "s3://bucket/prefix/",
          "registry://group/3",
          "file:model.gguf",
          "ftp://x",
          "http://localhost:8080",
          "http://user@host",
          "https://h:99999",
          "secret:name",
          "secret:",
          "none",
          "mmr",
          "auto",
          "ml.g5.xlarge",
          "[ml.g5.xlarge]",
          "async",
          "batch",
          "local",
          "aws",
          "rolling",
          "[errors]",
          "${env:SET}",
          "${env:UNSET:-7}",
          "$${x}",
          "eu-west-1",
          "2026-12-31T18:00Z",
          "2026-12-31",
          "subnet-0123abcd",
          "[sg-0123abcd]",
          "alias/key",
          "{qdrant: \"https://host:6333\", key: secret:qdrant}",
          "{qdrant: 1}",
          "{cross_encoder: \"hf://org/name\"}",
          "[{when: rate(1 day), min: 1, max: 2}]",
          "[{min: 1}]");

  private static final String NOISE = "{}[]:,&*#?|-<>=!%@`\"' \n\tab0\u00e9\u0007\u2028~$\\";

  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a manifest with one to three values or keys changed; mostly still YAML. */
  String ofValues(String manifest) {
    List<String> lines = new ArrayList<>(manifest.lines().toList());
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(lines.size());
      lines.set(at, ofLine(lines.get(at)));
    }
    return String.join("\n", lines) + "\n";
  }

  private String ofLine(String line) {
    List<Integer> colons = new ArrayList<>();
    for (int i = line.indexOf(": "); i >= 0; i = line.indexOf(": ", i + 1)) {
      colons.add(i);
    }
    if (colons.isEmpty()) {
      return random.nextInt(4) == 0 ? "" : line;
    }
    int colon = colons.get(random.nextInt(colons.size()));
    String before = line.substring(0, colon);
    String after = line.substring(colon + 2);
    String end = after.replaceFirst("^(\\[[^]]*]|\\{[^}]*}|\"[^\"]*\"|[^,}#]*[^,}# ])", "");
    return switch (random.nextInt(6)) {
      case 0 -> before + "x: " + after;
      case 1 -> "";
      default -> before + ": " + VALUES.get(random.nextInt(VALUES.size())) + end;
    };
  }

  /** Returns a manifest with characters changed anywhere; often no YAML any more. */
  String ofText(String manifest) {
    StringBuilder text = new StringBuilder(manifest);
    for (int i = 1 + random.nextInt(8); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, text.substring(random.nextInt(at + 1), at));
        case 2 -> text.setLength(Math.max(1, at));
        default -> text.insert(at, NOISE.charAt(random.nextInt(NOISE.length())));
      }
      if (text.length() > 20_000) {
        text.setLength(20_000);
      }
    }
    return text.toString();
  }
}
