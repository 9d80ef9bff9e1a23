package dev.slipway.rag.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.manifest.ApiSpec.Personal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactionTest {
  private static final Redaction ALL = new Redaction(EnumSet.allOf(Personal.class));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write to ann.o'neil+x@mail.example.co.uk.|write to [email].",
        "jürgen@müller.example!|[email]!",
        "call +49 (151) 123-45 67 now|call [phone] now",
        "0049 151 1234567 2024|[phone] 2024",
        "card 4111 1111 1111 1111.|card [card].",
        "12 5500-0000-0000-0004 12|12 [card] 12",
        "1234 4111 1111 1111 1111 5678|1234 [card] 5678",
        "IBAN DE89 3704 0044 0532 0130 00 AND MORE|IBAN [iban] AND MORE",
        "gb82west12345698765432|[iban]",
        "from 192.168.0.254, 10.0.0.1|from [ip], [ip]",
        "at 2001:db8::8a2e:370:7334 and ::1.|at [ip] and [ip].",
        "::ffff:192.0.2.1|[ip]",
        "fe80:0:0:0:1:2:3:4|[ip]"
      })
  void whatHasTheFormIsReplacedByItsKind(String text, String redacted) {
    assertThat(ALL.apply(text)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1112", // the check digit is wrong
        "DE88370400440532013000",
        "DE88 3704 0044 0532 0130 00",
        "at 12:30:45 on 2024-01-02",
        "aa:bb:cc:dd:ee:ff",
        "std::vector<int> and a :: b",
        "300.1.1.1",
        "version 1.2.3",
        "me@localhost, @name, a@b",
        "order 0012 of 1234567",
        "9.99 + 10 = 19.99"
      })
  void whatOnlyLooksLikeItStays(String text) {
    assertThat(ALL.apply(text)).isEqualTo(text);
  }

  @Test
  void onlyTheKindsNamedAreReplaced() {
    assertThat(new Redaction(Set.of(Personal.IP)).apply("a@b.example 10.0.0.1"))
        .isEqualTo("a@b.example [ip]");
  }

  @Test
  void hostileTextTakesTimeInProportion() {
    for (String unit : new String[] {"a@b.ex ", "1 ", "a.", "+4 ", "AA11 ", "::1 ", "a@"}) {
      String text = unit.repeat(100_000 / unit.length());
      assertThat(seconds(() -> ALL.apply(text))).as(unit).isLessThan(Duration.ofSeconds(5));
    }
  }

  private static Duration seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
