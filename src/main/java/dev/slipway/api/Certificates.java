package dev.slipway.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Reads what a service proves its name with, from two files in PEM. */
final class Certificates {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /** The algorithms that a key can be of; its own form doesn't name one by the JDK's words. */
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private Certificates() {}

  /**
   * Reads a chain and its key.
   *
   * @throws IllegalArgumentException with the file's role and what is wrong; it quotes nothing
   */
  static SSLContext read(Path certificateFile, Path keyFile) {
    Certificate[] chain = chain(certificateFile);
    PrivateKey key = key(keyFile);
    try {
      if (!belongs(key, chain[0])) {
        throw new IllegalArgumentException(
            "key: " + keyFile + " is not the key of the first certificate");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      store.setKeyEntry("service", key, new char[0], chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("certificate: " + certificateFile + " can't be used", e);
    }
  }

  private static Certificate[] chain(Path file) {
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes("certificate", file)))
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new IllegalArgumentException("certificate: " + file + " holds no certificate");
      }
      if (chain[0] instanceof X509Certificate own) {
        own.checkValidity();
      }
      return chain;
    } catch (java.security.cert.CertificateExpiredException e) {
      throw new IllegalArgumentException("certificate: " + file + " has expired", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "certificate: " + file + " is no certificate chain in PEM that is valid now", e);
    }
  }

  private static PrivateKey key(Path file) {
    Matcher pem = KEY.matcher(new String(bytes("key", file), StandardCharsets.US_ASCII));
    if (pem.find()) {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      for (String algorithm : ALGORITHMS) {
        Optional<PrivateKey> key = key(encoded, algorithm);
        if (key.isPresent()) {
          return key.get();
        }
      }
    }
    throw new IllegalArgumentException(
        "key: "
            + file
            + " is no unencrypted PKCS #8 key in PEM; `openssl pkcs8 -topk8 -nodes` makes one");
  }

  private static Optional<PrivateKey> key(byte[] encoded, String algorithm) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException e) {
      // Of another algorithm.
      return Optional.empty();
    }
  }

  private static boolean belongs(PrivateKey key, Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    byte[] text = "slipway".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    byte[] signature = signing.sign();
    try {
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certificate.getPublicKey());
      verifying.update(text);
      return verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] bytes(String role, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(role + ": " + file + " can't be read", e);
    }
  }
}
