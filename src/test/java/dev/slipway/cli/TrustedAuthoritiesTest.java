package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can't be used; that a good file is trusted is seen in {@link ServedTest}. */
final class TrustedAuthoritiesTest {
  private final StringWriter err = new StringWriter();

  private void trust(String file) {
    TrustedAuthorities.trust(
        Map.of(TrustedAuthorities.VARIABLE, file),
        new Console(
            new PrintWriter(new StringWriter()), new PrintWriter(err, true), Map.of(), false));
  }

  @Test
  void aFileThatHoldsNoCertificatesIsToldOfAndChangesNothing(@TempDir Path folder)
      throws IOException, java.security.GeneralSecurityException {
    SSLContext before = SSLContext.getDefault();
    List<String> unusable =
        List.of(
            folder.resolve("missing.pem").toString(),
            Files.createFile(folder.resolve("empty.pem")).toString(),
            Files.writeString(folder.resolve("text.pem"), "no certificate").toString());

    unusable.forEach(this::trust);
    trust("");

    assertThat(SSLContext.getDefault()).isSameAs(before);
    assertThat(err.toString().lines()).hasSize(3).allMatch(line -> line.contains("SSL_CERT_FILE"));
    assertThat(err.toString()).contains(unusable);
  }
}
