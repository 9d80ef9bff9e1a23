package dev.slipway.aws.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

class EventReaderTest {
  private final Random random = new Random(20261123);

  /** Gives bytes up to a cut, and then the others. */
  private static final class CutStream extends InputStream {
    private final byte[] bytes;
    private final int cut;
    private int at;

    CutStream(byte[] bytes, int cut) {
      this.bytes = bytes;
      this.cut = cut;
    }

    @Override
    public int read() {
      return at < bytes.length ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int end = at < cut ? cut : bytes.length;
      int count = Math.min(length, end - at);
      System.arraycopy(bytes, at, to, offset, count);
      at += count;
      return count == 0 && length > 0 ? -1 : count;
    }
  }

  private static List<Event> read(InputStream in) throws IOException {
    EventReader reader = new EventReader(in);
    List<Event> events = new ArrayList<>();
    for (Optional<Event> next = reader.next(); next.isPresent(); next = reader.next()) {
      events.add(next.get());
    }
    return events;
  }

  private Message message() {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    if (random.nextBoolean()) {
      headers.put(":message-type", HeaderValue.fromString("event"));
      headers.put(":event-type", HeaderValue.fromString("PayloadPart"));
    }
    // The SDK's bytes and short numbers are not tried: it writes their type and leaves them out.
    List<HeaderValue> others =
        List.of(
            HeaderValue.fromBoolean(true),
            HeaderValue.fromBoolean(false),
            HeaderValue.fromInteger(70_000),
            HeaderValue.fromLong(1L << 40),
            HeaderValue.fromByteArray(new byte[random.nextInt(300)]),
            HeaderValue.fromString("é" + "x".repeat(random.nextInt(300))),
            HeaderValue.fromTimestamp(Instant.ofEpochMilli(1_700_000_000_123L)),
            HeaderValue.fromUuid(new UUID(random.nextLong(), 5)));
    for (int i = random.nextInt(4); i > 0; i--) {
      headers.put("name-" + i, others.get(random.nextInt(others.size())));
    }
    byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(400)];
    random.nextBytes(payload);
    return new Message(headers, payload);
  }

  private static byte[] bytes(List<Message> messages) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Message message : messages) {
      ByteBuffer buffer = message.toByteBuffer();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  private static Map<String, String> texts(Message message) {
    Map<String, String> texts = new LinkedHashMap<>();
    message
        .getHeaders()
        .forEach(
            (name, value) -> {
              try {
                texts.put(name, value.getString());
              } catch (IllegalStateException noText) {
                // Ours leaves numbers and the like out.
              }
            });
    return texts;
  }

  @Test
  void whatTheSdkEncodesIsReadWhereverItIsCut() throws IOException {
    for (int round = 0; round < 8; round++) {
      List<Message> messages = new ArrayList<>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        messages.add(message());
      }
      byte[] stream = bytes(messages);
      for (int cut = 0; cut <= stream.length; cut++) {
        List<Event> events = read(new CutStream(stream, cut));

        assertThat(events).hasSameSizeAs(messages);
        for (int i = 0; i < events.size(); i++) {
          assertThat(events.get(i).payload()).isEqualTo(messages.get(i).getPayload());
          assertThat(events.get(i).headers()).isEqualTo(texts(messages.get(i)));
        }
      }
    }
  }

  @Test
  void aStreamThatEndsWithinAMessageIsAnErrorAndNoShorterStream() throws IOException {
    List<Message> messages = List.of(message(), message());
    byte[] stream = bytes(messages);
    int first = bytes(messages.subList(0, 1)).length;
    for (int end = 1; end < stream.length; end++) {
      InputStream cut = new ByteArrayInputStream(stream, 0, end);
      if (end == first) {
        assertThat(read(cut)).hasSize(1);
      } else {
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(cut));
      }
    }
  }

  @Test
  void noFlippedBitGoesUnnoticed() {
    byte[] stream = bytes(List.of(message(), message()));
    for (int i = 0; i < stream.length; i++) {
      byte[] flipped = stream.clone();
      flipped[i] ^= (byte) (1 << random.nextInt(8));

      assertThatExceptionOfType(IOException.class)
          .as("byte %s", i)
          .isThrownBy(() -> read(new ByteArrayInputStream(flipped)));
    }
  }

  @Test
  void lengthsThatNoMessageHasAreRefusedBeforeTheyTakeMemory() {
    for (int[] lengths :
        new int[][] {
          {Integer.MAX_VALUE, 0}, {-1, 0}, {15, 0}, {100, 90}, {16, -5}, {1 << 20, 1 << 19}
        }) {
      ByteBuffer prelude = ByteBuffer.allocate(12).putInt(lengths[0]).putInt(lengths[1]);
      java.util.zip.CRC32 crc = new java.util.zip.CRC32();
      crc.update(prelude.array(), 0, 8);
      prelude.putInt((int) crc.getValue());

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> read(new ByteArrayInputStream(prelude.array())))
          .withMessageContaining("a message of " + lengths[0] + " bytes");
    }
  }
}
