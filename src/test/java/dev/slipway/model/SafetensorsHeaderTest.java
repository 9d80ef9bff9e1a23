package dev.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsHeaderTest {

  private static final String TWO =
      """
      {"__metadata__":{"format":"pt"},
       "b":{"dtype":"F16","shape":[2,3],"data_offsets":[4,16]},
       "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""";

  private final Path folder;

  SafetensorsHeaderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsTheDemoModelsHead() throws IOException {
    SafetensorsHeader header =
        SafetensorsHeader.read(DemoModel.folder().resolve("model.safetensors"));

    assertThat(header.parameters()).isEqualTo(1_066_112);
    assertThat(header.elementsByDtype()).containsOnlyKeys("F16");
    assertThat(header.weightsBytes()).isEqualTo(2 * 1_066_112);
  }

  @Test
  void readsTensorsInTheOrderOfTheirData() throws IOException {
    SafetensorsHeader header = read(SafetensorsBytes.of(TWO, 16));

    assertThat(header.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(header.tensors())
        .containsExactly(
            new SafetensorsHeader.Tensor("a", "F32", List.of(), 0, 4),
            new SafetensorsHeader.Tensor("b", "F16", List.of(2L, 3L), 4, 16));
    assertThat(header.parameters()).isEqualTo(7);
    assertThat(SafetensorsHeader.dtypeName("BF16")).contains("bfloat16");
  }

  @Test
  void refusesAHeadLongerThanTheFile() {
    assertRefused(new byte[7], "fewer than");
    assertRefused(
        SafetensorsBytes.claiming(5000, TWO.getBytes(StandardCharsets.UTF_8), 16), "cut short");
    assertRefused(
        SafetensorsBytes.claiming(-1, TWO.getBytes(StandardCharsets.UTF_8), 16),
        "18446744073709551615");
    assertRefused(
        SafetensorsBytes.claiming(1L << 40, TWO.getBytes(StandardCharsets.UTF_8), 16),
        "are possible");
    assertRefused(
        SafetensorsBytes.claiming(0, TWO.getBytes(StandardCharsets.UTF_8), 16), "are possible");
  }

  @Test
  void refusesDataThatIsNotExactlyWhatTheHeadSays() {
    assertRefused(SafetensorsBytes.of(TWO, 15), "cut short");
    assertRefused(SafetensorsBytes.of(TWO, 17), "belong to nothing");
    assertRefused(SafetensorsBytes.of(tensor("F16", "[2]", "[0,5]"), 5), "doesn't fit");
    assertRefused(SafetensorsBytes.of(tensor("F16", "[2]", "[4,0]"), 4), "doesn't fit");
    assertRefused(SafetensorsBytes.of(tensor("F16", "[2]", "[1,5]"), 5), "gap");
    assertRefused(
        SafetensorsBytes.of(
            """
            {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
             "b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""",
            6),
        "overlaps");
  }

  @Test
  void refusesHeadsThatAreNoTensors() {
    for (String head :
        List.of(
            "[]",
            "{}{}",
            "not json",
            "{\"a\":1}",
            "{\"a\":{}}",
            "{\"__metadata__\":{\"a\":{}}}",
            tensor("F17", "[2]", "[0,4]"),
            tensor("F16", "[-2]", "[0,4]"),
            tensor("F16", "[99999999999999999999]", "[0,4]"),
            tensor("F16", "[9223372036854775807,2]", "[0,4]"),
            tensor("F16", "[2]", "[0,4],\"more\":1"),
            "{\"a\":".repeat(5000),
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")) {
      assertRefused(SafetensorsBytes.of(head, 4), "");
    }
  }

  @Test
  void corruptHeadsAreReadOrRefusedAndNothingElse() {
    long seed = 20_260_102;
    var random = new Random(seed);
    byte[] whole = SafetensorsBytes.of(TWO, 16);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] bytes = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        read(bytes).parameters();
      } catch (Refused | IOException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", try " + i, e);
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  private static String tensor(String dtype, String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(dtype, shape, offsets);
  }

  private SafetensorsHeader read(byte[] bytes) throws IOException {
    return SafetensorsHeader.read(Files.write(folder.resolve("model.safetensors"), bytes));
  }

  private void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).contains(why));
  }
}
