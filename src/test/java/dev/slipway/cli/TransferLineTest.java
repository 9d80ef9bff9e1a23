package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.model.TransferProgress.Transfer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TransferLineTest {

  @Test
  void saysBytesRateAndTimeLeft() {
    var transfer = new Transfer("a", 4_000_000_000L, 10_000_000_000L, 3_000_000_000L);

    assertThat(TransferLine.text(transfer, 30))
        .isEqualTo("4.00 GB of 10.00 GB (40 %), 100.0 MB/s, 1 min 0 s left");
  }

  @Test
  void ratesOnlyWhatThisRunMoved() {
    var resumed = new Transfer("a", 9_000_000, 10_000_000, 5_000_000);

    assertThat(TransferLine.text(resumed, 5))
        .isEqualTo("9.0 MB of 10.0 MB (90 %), 1.0 MB/s, 1 s left");
  }

  @Test
  void aLogGetsFewLines() {
    var err = new StringWriter();
    var console =
        new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), Map.of(), false);
    var line = new TransferLine(console);
    for (int i = 0; i <= 1000; i++) {
      line.at(new Transfer("a", i, 1000, i));
    }

    assertThat(err.toString().lines()).hasSize(1);
  }
}
