package dev.slipway.manifest;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Guesses what is secret, by its name or by its look. A manifest is committed, and container
 * variables can be read by anyone who may describe the model: neither is a place for secrets.
 */
final class Secrecy {
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "(.*_)?((API|ACCESS|PRIVATE|SECRET)_?KEY(_.*)?|(?<!KMS_|PUBLIC_)KEY|TOKEN|PAT|PWD|PASS"
              + "|(SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?)(_.*)?)");

  /** The prefixes under which well-known services hand out tokens, PEM keys and JWTs. */
  private static final Pattern SECRET_VALUE =
      Pattern.compile(
          "\\b(hf_[A-Za-z0-9]{20,}|(AKIA|ASIA)[0-9A-Z]{16}\\b|sk-[A-Za-z0-9_-]{20,}"
              + "|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}"
              + "|xox[abpr]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{36}"
              + "|eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.|sagemaker-api-key-)"
              + "|-----BEGIN [A-Z ]*PRIVATE KEY"
              + "|://[^/@\\s]*:[^/@\\s]+@");

  private Secrecy() {}

  /**
   * Returns whether a variable of this name would hold a secret: {@code HF_TOKEN}, {@code
   * DB_PASSWORD}, {@code AWS_ACCESS_KEY_ID}; not {@code MAX_TOKENS}, {@code KMS_KEY}.
   */
  static boolean isSecretName(String variable) {
    return SECRET_NAME.matcher(variable.toUpperCase(Locale.ROOT).replace('-', '_')).matches();
  }

  /**
   * Returns whether a value looks like a token, a private key or an address with a password. Only
   * its beginning is looked at, which is more than messages show and values may hold.
   */
  static boolean looksSecret(String value) {
    return SECRET_VALUE
        .matcher(value.substring(0, Math.min(value.length(), ScalarType.LONGEST)))
        .find();
  }
}
