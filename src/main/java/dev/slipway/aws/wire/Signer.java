package dev.slipway.aws.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests for one service in one region, as AWS has it in version 4 of its signatures.
 * Thread-safe.
 *
 * <p>The key of a day is derived once and kept; so is the text of a second.
 */
public final class Signer {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String HMAC = "HmacSHA256";
  private static final HexFormat HEX = HexFormat.of();
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String region;
  private final String service;
  private volatile @Nullable Day day;
  private volatile Second second = Second.of(Instant.EPOCH);

  /** A moment, as requests say it. */
  private record Second(long epoch, String text) {
    static Second of(Instant now) {
      return new Second(now.getEpochSecond(), SECONDS.format(now));
    }

    String day() {
      return text.substring(0, 8);
    }
  }

  /**
   * The key of a day.
   *
   * @param mac made ready with it, and only ever copied
   */
  private record Day(String text, String secret, String scope, Mac mac) {}

  /**
   * Makes one.
   *
   * @param service as its signatures name it, such as {@code sagemaker}
   */
  public Signer(String region, String service) {
    this.region = region;
    this.service = service;
  }

  /**
   * Returns a POST's headers with those that sign it.
   *
   * @param path percent-encoded, as it is sent; without a query
   * @param headers that are signed, {@code host} among them, each name once
   */
  public List<Header> sign(String path, List<Header> headers, byte[] body, Keys keys, Instant now) {
    Second at = second(now);
    Day today = day(at.day(), keys);
    String hash = hex(sha256(body));
    List<Header> signed = new ArrayList<>(headers.size() + 4);
    signed.addAll(headers);
    signed.add(new Header("x-amz-content-sha256", hash));
    signed.add(new Header("x-amz-date", at.text()));
    keys.token().ifPresent(token -> signed.add(new Header("x-amz-security-token", token)));
    signed.sort(Comparator.comparing(Header::name));

    StringBuilder names = new StringBuilder(128);
    StringBuilder request = new StringBuilder(1024).append("POST\n");
    encode(request, path);
    request.append("\n\n");
    for (Header header : signed) {
      names.append(names.isEmpty() ? "" : ";").append(header.name());
      request.append(header.name()).append(':');
      squeeze(request, header.value());
      request.append('\n');
    }
    request.append('\n').append(names).append('\n').append(hash);

    String text =
        ALGORITHM + "\n" + at.text() + "\n" + today.scope() + "\n" + hex(sha256(bytes(request)));
    String signature = hex(copy(today.mac()).doFinal(text.getBytes(StandardCharsets.UTF_8)));
    signed.add(
        new Header(
            "authorization",
            ALGORITHM
                + " Credential="
                + keys.id()
                + "/"
                + today.scope()
                + ", SignedHeaders="
                + names
                + ", Signature="
                + signature));
    return signed;
  }

  private Second second(Instant now) {
    Second last = second;
    if (last.epoch() == now.getEpochSecond()) {
      return last;
    }
    Second next = Second.of(now);
    second = next;
    return next;
  }

  private Day day(String text, Keys keys) {
    Day last = day;
    if (last != null && last.text().equals(text) && last.secret().equals(keys.secret())) {
      return last;
    }
    byte[] key = ("AWS4" + keys.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(text, region, service, "aws4_request")) {
      key = mac(key).doFinal(part.getBytes(StandardCharsets.UTF_8));
    }
    String scope = text + "/" + region + "/" + service + "/aws4_request";
    Day next = new Day(text, keys.secret(), scope, mac(key));
    day = next;
    return next;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  private static Mac copy(Mac mac) {
    try {
      return (Mac) mac.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + HMAC + " can be copied", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] bytes(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  /** Encodes a path that is encoded already once more, as the signatures of most services do. */
  private static void encode(StringBuilder out, String path) {
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '/'
          || c == '-'
          || c == '_'
          || c == '.'
          || c == '~') {
        out.append(c);
      } else {
        out.append('%').append(HEX.withUpperCase().toHexDigits(b));
      }
    }
  }

  /** Appends a value without blanks around it, and with one where there are several. */
  private static void squeeze(StringBuilder out, String value) {
    boolean blank = true;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean white = c == ' ' || c == '\t';
      if (!white) {
        out.append(c);
      } else if (!blank) {
        out.append(' ');
      }
      blank = white;
    }
    if (blank && !value.isEmpty() && out.charAt(out.length() - 1) == ' ') {
      out.setLength(out.length() - 1);
    }
  }
}
