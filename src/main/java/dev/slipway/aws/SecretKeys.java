package dev.slipway.aws;

import dev.slipway.access.KeyBook;
import dev.slipway.access.KeyStore;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Keeps the keys of a service in a secret of AWS Secrets Manager, which holds their hashes as JSON.
 * Nothing is connected, and no credentials are looked for, before it is first used.
 */
public final class SecretKeys implements KeyStore, AutoCloseable {
  private final String name;
  private final Lazy<AwsClients> clients;

  /**
   * Names the secret.
   *
   * @param region absent for the one of {@code AWS_REGION} or of the profile
   * @param variables the process's environment
   */
  public SecretKeys(String name, Optional<String> region, Map<String, String> variables) {
    this.name = name;
    this.clients =
        new Lazy<>(() -> new AwsClients(AwsEnvironment.of(region, variables), Patience.NORMAL));
  }

  @Override
  public KeyBook read() {
    return stored().map(this::parsed).orElseGet(KeyBook::empty);
  }

  private Optional<String> stored() {
    SecretsManagerClient secrets = clients.get().secrets.get();
    return failures()
        .find(
            ask("read", "GetSecretValue"),
            () -> Optional.ofNullable(secrets.getSecretValue(r -> r.secretId(name)).secretString()))
        .map(text -> text.orElse(""));
  }

  private KeyBook parsed(String text) {
    try {
      // A secret that a template made empty has no key yet.
      return text.isBlank() || text.strip().equals("{}") ? KeyBook.empty() : KeyBook.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Refused(
          "keys_unreadable",
          "Cannot read the API keys in the secret \"" + name + "\"",
          String.valueOf(e.getMessage()),
          "Name a secret that `slipway key create` makes or fills, or empty this one.");
    }
  }

  /**
   * Changes the book, and makes the secret where there is none. Two changes at the same moment are
   * seen afterwards, since Secrets Manager has no condition on a write: the one that was lost says
   * so and is to be made again.
   */
  @Override
  public void update(UnaryOperator<KeyBook> change) {
    SecretsManagerClient secrets = clients.get().secrets.get();
    Optional<String> before = stored();
    KeyBook wanted = change.apply(before.map(this::parsed).orElseGet(KeyBook::empty));
    if (before.isPresent()) {
      failures()
          .call(
              ask("write", "PutSecretValue"),
              () -> secrets.putSecretValue(r -> r.secretId(name).secretString(wanted.json())));
    } else {
      failures()
          .call(
              ask("make", "CreateSecret"),
              () ->
                  secrets.createSecret(
                      r ->
                          r.name(name)
                              .description("Hashes of API keys; slipway key writes them")
                              .secretString(wanted.json())));
    }
    if (!read().equals(wanted)) {
      throw new OperationFailed(
          "keys_changed",
          "Cannot keep the change of the API keys",
          "the secret \"" + name + "\" was changed by someone else at the same moment",
          "Look with `slipway key list`, and try again.",
          true,
          null);
    }
  }

  @Override
  public String place() {
    return "the secret \"" + name + "\" of AWS Secrets Manager";
  }

  /** Each look is a call that AWS charges for: some 45,000 a month, a quarter of a dollar. */
  @Override
  public Duration interval() {
    return Duration.ofSeconds(60);
  }

  private CloudFailures failures() {
    return new CloudFailures(clients.get().environment());
  }

  private Ask ask(String verb, String action) {
    return new Ask(
        "Cannot " + verb + " the API keys in the secret \"" + name + "\"",
        "secretsmanager:" + action,
        "the secret \"" + name + "\"");
  }

  @Override
  public void close() {
    clients.ifMade(AwsClients::close);
  }
}
