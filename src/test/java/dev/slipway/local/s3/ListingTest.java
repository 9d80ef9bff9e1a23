package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListingTest {

  private static NavigableMap<String, ObjectRecord> index(Iterable<String> keys) {
    TreeMap<String, ObjectRecord> index = new TreeMap<>(Bucket::compareCodePoints);
    for (String key : keys) {
      index.put(key, new ObjectRecord(key, 0, "", 0, Map.of(), Map.of(), null, null, ""));
    }
    return index;
  }

  /** Reads page after page, and returns keys and prefixes in the order in which they came. */
  private static List<String> all(
      NavigableMap<String, ObjectRecord> index, String prefix, String delimiter, int most) {
    List<String> all = new ArrayList<>();
    String after = "";
    while (true) {
      Listing page = Listing.of(index, new Listing.Wanted(prefix, delimiter, after, most));
      List<String> found = new ArrayList<>(page.prefixes());
      page.objects().forEach(object -> found.add(object.key()));
      found.sort(Bucket::compareCodePoints);
      assertThat(found.size()).isLessThanOrEqualTo(most);
      all.addAll(found);
      if (page.last().isEmpty()) {
        return all;
      }
      assertThat(found).hasSize(most);
      after = page.last().get();
    }
  }

  @Test
  void keysThatShareTheirBeginningAreOnePrefix() {
    var index = index(List.of("a", "a/b", "a/c/d", "b/", "b/x", "c"));
    assertThat(all(index, "", "/", 1)).containsExactly("a", "a/", "b/", "c");
    assertThat(all(index, "a/", "/", 1000)).containsExactly("a/b", "a/c/");
    assertThat(all(index, "a", "", 2)).containsExactly("a", "a/b", "a/c/d");
    assertThat(all(index, "z", "/", 1000)).isEmpty();
  }

  @Test
  void pagesTogetherAreWhatOneLookWouldFind() {
    long seed = 3;
    Random random = new Random(seed);
    String letters = "ab/\u00fc\ud83d\ude00";
    for (int round = 0; round < 300; round++) {
      TreeSet<String> keys = new TreeSet<>(Bucket::compareCodePoints);
      for (int i = random.nextInt(40); i > 0; i--) {
        keys.add(word(random, letters, 1 + random.nextInt(6)));
      }
      String prefix = word(random, letters, random.nextInt(3));
      String delimiter = List.of("", "/", "b", "//").get(random.nextInt(4));
      TreeSet<String> expected = new TreeSet<>(Bucket::compareCodePoints);
      for (String key : keys) {
        if (key.startsWith(prefix)) {
          int cut = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
          expected.add(cut < 0 ? key : key.substring(0, cut + delimiter.length()));
        }
      }
      assertThat(all(index(keys), prefix, delimiter, 1 + random.nextInt(5)))
          .as(
              "seed %d, round %d: %s, prefix %s, delimiter %s",
              seed, round, keys, prefix, delimiter)
          .containsExactlyElementsOf(expected);
    }
  }

  private static String word(Random random, String letters, int length) {
    StringBuilder word = new StringBuilder();
    int[] points = letters.codePoints().toArray();
    for (int i = 0; i < length; i++) {
      word.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return word.toString();
  }

  @Test
  void theOrderIsThatOfTheBytes() {
    Random random = new Random(4);
    String letters = "a\u007f\u0080\uffff\ue000\ud800\udc00\udbff\udfff";
    for (int round = 0; round < 2000; round++) {
      String left = word(random, letters, random.nextInt(4));
      String right = word(random, letters, random.nextInt(4));
      assertThat(Integer.signum(Bucket.compareCodePoints(left, right)))
          .as("seed 4, round %d", round)
          .isEqualTo(
              Integer.signum(
                  Arrays.compareUnsigned(
                      left.getBytes(StandardCharsets.UTF_8),
                      right.getBytes(StandardCharsets.UTF_8))));
    }
  }
}
