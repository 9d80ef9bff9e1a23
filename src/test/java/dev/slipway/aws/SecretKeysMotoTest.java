package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.access.ApiKey;
import dev.slipway.access.KeyBook;
import dev.slipway.access.KeyRecord;
import dev.slipway.access.Scope;
import dev.slipway.failure.Refused;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Keeps keys in a simulation of Secrets Manager that this project did not write. */
final class SecretKeysMotoTest {
  @Test
  void keysAreMadeReadAndRevokedInASecretThatHoldsTheirHashesOnly() {
    var environment = MotoServer.environment();
    String name = "chat/" + UUID.randomUUID();
    ApiKey key = ApiKey.generate(new SecureRandom());
    var made =
        new KeyRecord(
            key.id(),
            "web",
            ApiKey.hash(key.text()),
            Set.of(Scope.ASK, Scope.TRACES),
            Optional.empty(),
            Instant.parse("2026-06-01T12:00:00Z"),
            Optional.empty());
    try (SecretKeys keys = new SecretKeys(name, Optional.empty(), environment);
        AwsClients clients =
            new AwsClients(AwsEnvironment.of(Optional.empty(), environment), Patience.NORMAL)) {
      assertThat(keys.read()).isEqualTo(KeyBook.empty());

      keys.update(book -> book.with(made));
      assertThat(keys.read().keys()).containsExactly(made);
      String stored = clients.secrets.get().getSecretValue(r -> r.secretId(name)).secretString();
      assertThat(stored).contains(made.hash()).doesNotContain(key.text());

      keys.update(book -> book.without(key.id()));
      assertThat(keys.read()).isEqualTo(KeyBook.empty());

      clients.secrets.get().putSecretValue(r -> r.secretId(name).secretString("s3cret"));
      assertThatThrownBy(keys::read)
          .isInstanceOf(Refused.class)
          .hasMessageContaining(name)
          .hasMessageNotContaining("s3cret");
    }
  }
}
