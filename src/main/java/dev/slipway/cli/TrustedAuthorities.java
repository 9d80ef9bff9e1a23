package dev.slipway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The authorities whose certificates are trusted beside those of Java: those in the PEM file that
 * {@code SSL_CERT_FILE} names, as for OpenSSL, curl and Python.
 */
final class TrustedAuthorities {
  static final String VARIABLE = "SSL_CERT_FILE";

  private TrustedAuthorities() {}

  /**
   * Makes whatever of this process speaks TLS by Java's own means trust them. A file that can't be
   * read is told of and changes nothing: the variable is for many programs, and most commands need
   * no TLS.
   */
  static void trust(Map<String, String> environment, Console console) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (named.isEmpty()) {
      return;
    }
    try {
      SSLContext.setDefault(context(Path.of(named)));
    } catch (IOException | GeneralSecurityException | InvalidPathException e) {
      console.say(
          "! "
              + VARIABLE
              + " is "
              + named
              + ", which can't be read as certificates in PEM: "
              + e.getMessage()
              + "; only Java's own authorities are trusted");
    }
  }

  /** Returns what trusts Java's authorities and those of a file. */
  static SSLContext context(Path file) throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> named;
    try (InputStream in = Files.newInputStream(file)) {
      named = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (named.isEmpty()) {
      throw new IOException("it holds none");
    }
    KeyStore all = KeyStore.getInstance("PKCS12");
    all.load(null, null);
    int number = 0;
    for (Certificate each : Stream.concat(named.stream(), javas()).toList()) {
      all.setCertificateEntry("authority-" + number++, each);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory(Optional.of(all)).getTrustManagers(), null);
    return context;
  }

  private static Stream<? extends Certificate> javas() throws GeneralSecurityException {
    return Arrays.stream(factory(Optional.empty()).getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .flatMap(each -> Arrays.stream(((X509TrustManager) each).getAcceptedIssuers()));
  }

  /** Makes a factory for a store; without one, for that of Java or of its system properties. */
  private static TrustManagerFactory factory(Optional<KeyStore> store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store.orElse(null));
    return factory;
  }
}
