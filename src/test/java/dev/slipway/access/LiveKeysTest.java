package dev.slipway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.Eventually;
import dev.slipway.failure.OperationFailed;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class LiveKeysTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final ApiKey key = ApiKey.generate(new SecureRandom());
  private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
  private final MemoryKeys store = new MemoryKeys();

  private static final class MemoryKeys implements KeyStore {
    private volatile KeyBook book = KeyBook.empty();
    private volatile boolean broken;

    @Override
    public KeyBook read() {
      if (broken) {
        throw new OperationFailed("gone", "Cannot read", "it is gone", "Wait.");
      }
      return KeyBook.parse(book.json());
    }

    @Override
    public void update(UnaryOperator<KeyBook> change) {
      book = change.apply(book);
    }

    @Override
    public String place() {
      return "memory";
    }

    @Override
    public Duration interval() {
      return Duration.ofMillis(20);
    }
  }

  private KeyRecord record(Optional<Instant> expires) {
    return new KeyRecord(
        key.id(),
        "web",
        ApiKey.hash(key.text()),
        Set.of(Scope.ASK),
        Optional.of("acme"),
        NOW,
        expires);
  }

  private LiveKeys open() {
    return new LiveKeys(store, () -> time.get());
  }

  @Test
  void aKeyIsNoticedSoonAfterItIsMadeAndMissedSoonAfterItIsRevoked() {
    try (LiveKeys keys = open()) {
      assertThatThrownBy(() -> keys.identify(key.text())).isInstanceOf(Denied.class);

      store.update(book -> book.with(record(Optional.empty())));
      Eventually.holds("the key is known", Duration.ofSeconds(10), keys::any);
      assertThat(keys.identify(key.text()))
          .contains(new Identity("key:" + key.id(), Optional.of("acme"), Set.of(Scope.ASK)));

      store.update(book -> book.without(key.id()));
      Eventually.holds("the key is gone", Duration.ofSeconds(10), () -> !keys.any());
      assertThatThrownBy(() -> keys.identify(key.text())).isInstanceOf(Denied.class);
    }
  }

  @Test
  void anExpiredKeyAndAnUnknownOneGetTheSameAnswerAndAMistypedOneAnother() {
    store.update(book -> book.with(record(Optional.of(NOW.plusSeconds(60)))));
    try (LiveKeys keys = open()) {
      assertThat(keys.identify(key.text())).isPresent();
      time.set(NOW.plusSeconds(60));
      String unknown = ApiKey.generate(new SecureRandom()).text();

      assertThat(reason(keys, key.text())).isEqualTo(reason(keys, unknown));
      String typo = key.text().substring(0, 20) + "~" + key.text().substring(21);
      assertThat(reason(keys, typo)).contains("checksum");
      assertThat(reason(keys, key.text().substring(0, 50))).contains("checksum");
      assertThat(keys.identify("a-plain-key")).isEmpty();
    }
  }

  private static String reason(LiveKeys keys, String token) {
    try {
      throw new AssertionError(keys.identify(token).toString());
    } catch (Denied denied) {
      return denied.reason();
    }
  }

  @Test
  void keysOutliveAnOutageOfTheirStoreForAnHour() {
    store.update(book -> book.with(record(Optional.empty())));
    try (LiveKeys keys = open()) {
      store.broken = true;
      keys.refresh();
      assertThat(keys.identify(key.text())).isPresent();

      time.set(NOW.plus(LiveKeys.STALE).plusSeconds(1));
      assertThatThrownBy(() -> keys.identify(key.text())).isInstanceOf(OperationFailed.class);
    }
  }

  @Test
  void theKeyIsNowhereInItsBookNorInWhatIsPrintedOfIt() {
    KeyBook book = KeyBook.empty().with(record(Optional.empty()));

    assertThat(book.json() + book + key).doesNotContain(key.text()).contains(key.id());
    assertThat(KeyBook.parse(book.json())).isEqualTo(book);
    assertThat(key.text()).matches("slw_\\w{8}_\\w{38}");
  }

  @Test
  void whatIsNoBookIsRefusedWithoutQuotingIt() {
    for (String text : new String[] {"s3cret", "[]", "{\"version\":2,\"keys\":[]}"}) {
      assertThatThrownBy(() -> KeyBook.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("s3cret");
    }
  }
}
