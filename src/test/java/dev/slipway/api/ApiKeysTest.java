package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  @Test
  void aKeyIsKnownByItsHashAndNamedByAFewDigitsOfIt() {
    ApiKeys keys = new ApiKeys(List.of(ApiKeys.hash("one"), ApiKeys.hash("two")));

    assertThat(keys.caller("one")).contains("key:" + ApiKeys.hash("one").substring(0, 12));
    assertThat(keys.caller("two")).isPresent();
    assertThat(keys.caller("three")).isEmpty();
    assertThat(keys.caller(ApiKeys.hash("one"))).isEmpty();
  }

  @Test
  void whatIsNoHashIsRefused() {
    assertThatThrownBy(() -> new ApiKeys(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ApiKeys(List.of("abcd")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ApiKeys(List.of("x".repeat(64))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
