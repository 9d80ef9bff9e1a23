package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventLinesTest {
  private static List<String> read(byte[]... parts) {
    EventLines lines = new EventLines();
    List<String> payloads = new ArrayList<>();
    for (byte[] part : parts) {
      lines.take(part, payloads::add);
    }
    lines.end().ifPresent(payloads::add);
    return payloads;
  }

  private static List<String> read(String text) {
    return read(Streams.bytes(text));
  }

  @Test
  void takesTheDataOfEventsAndNothingElse() {
    assertThat(
            read(
                """
                : a comment
                event: message
                id: 7
                retry: 10
                data: one

                data:two

                data

                other: three



                data: [DONE]

                """))
        .containsExactly("one", "two", "[DONE]");
  }

  @Test
  void joinsDataOfSeveralLines() {
    assertThat(read("data: {\ndata:  \"a\": 1\ndata: }\n\n")).containsExactly("{\n \"a\": 1\n}");
  }

  @Test
  void takesEveryKindOfLineEnd() {
    assertThat(read("data: one\r\n\r\ndata: two\r\rdata: three\n\n{\"four\":4}\r\n{\"five\":5}\n"))
        .containsExactly("one", "two", "three", "{\"four\":4}", "{\"five\":5}");
  }

  @Test
  void takesJsonLinesAndTheLastOneWithoutAnEnd() {
    assertThat(read("{\"a\":1}\n\n{\"b\":2}")).containsExactly("{\"a\":1}", "{\"b\":2}");
  }

  @Test
  void takesTheLastEventWithoutAnEnd() {
    assertThat(read("data: one\n\ndata: two")).containsExactly("one", "two");
  }

  @Test
  void dropsTheByteOrderMark() {
    assertThat(read("\uFEFFdata: one\n\n")).containsExactly("one");
  }

  @Test
  void refusesAPayloadWithoutAnEnd() {
    EventLines lines = new EventLines();
    byte[] megabyte = new byte[1 << 20];
    Arrays.fill(megabyte, (byte) 'x');

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 9; i++) {
                lines.take(megabyte, payload -> {});
              }
            })
        .isInstanceOf(EventLines.TooLong.class);
  }

  @Test
  void readsTheSameHoweverTheBytesAreCut() {
    byte[] whole =
        Streams.bytes(
            "\uFEFF: hello\r\ndata: {\"é\": \"漢字 🚢\"}\r\n\r\ndata: a\rdata: b\r\r"
                + "{\"line\":\"ü\"}\r\n{\"line\":2}\n\ndata: [DONE]\n\n");
    List<String> expected = read(whole);
    assertThat(expected).hasSize(5);

    for (int cut = 0; cut <= whole.length; cut++) {
      byte[] head = Arrays.copyOfRange(whole, 0, cut);
      byte[] tail = Arrays.copyOfRange(whole, cut, whole.length);
      assertThat(read(head, tail)).as("cut at byte %d", cut).isEqualTo(expected);
    }
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[][] parts = Streams.cut(whole, 1 + random.nextInt(9), random);
      assertThat(read(parts)).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
