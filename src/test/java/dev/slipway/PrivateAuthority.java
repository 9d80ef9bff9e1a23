package dev.slipway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority that nobody trusts who isn't told to, and a certificate of it for this machine, made
 * with the JDK's own tool.
 *
 * @param certificate PEM of the authority itself
 * @param chain PEM of the server's certificate
 * @param key PEM of its key, PKCS #8
 */
public record PrivateAuthority(Path certificate, Path chain, Path key, KeyStore store) {
  private static final String PASSWORD = "changeit";

  /** Makes one in a folder. */
  public static PrivateAuthority in(Path folder) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("authority.p12");
    keytool(file, "authority", "CN=Private authority", "-ext", "bc:c");
    keytool(
        file,
        "server",
        "CN=localhost",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-signer",
        "authority");
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return new PrivateAuthority(
        pem(folder.resolve("authority.pem"), "CERTIFICATE", certificate(store, "authority")),
        pem(folder.resolve("chain.pem"), "CERTIFICATE", certificate(store, "server")),
        pem(
            folder.resolve("key.pem"),
            "PRIVATE KEY",
            Objects.requireNonNull(store.getKey("server", PASSWORD.toCharArray())).getEncoded()),
        store);
  }

  private static void keytool(Path file, String alias, String name, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(more));
    Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(tool.waitFor()).as(said).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] certificate(KeyStore store, String alias) throws GeneralSecurityException {
    Certificate found = Objects.requireNonNull(store.getCertificate(alias));
    return found.getEncoded();
  }

  private static Path pem(Path file, String label, byte[] der) throws IOException {
    return Files.writeString(
        file,
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + label
            + "-----\n");
  }

  /** Returns what a client goes by that trusts the authority. */
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", store.getCertificate("authority"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** Returns what a server goes by that has the certificate. */
  public SSLContext serving() throws GeneralSecurityException, IOException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "server",
        Objects.requireNonNull(store.getKey("server", PASSWORD.toCharArray())),
        PASSWORD.toCharArray(),
        store.getCertificateChain("server"));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
