package dev.slipway.infra;

import java.util.Optional;

/**
 * A key that the user names, as a policy has to name it.
 *
 * @param arn with {@code ${...}} for CloudFormation; of any key of the account where the name is an
 *     alias, since a policy can't name those
 * @param alias which one of them it is then
 */
record KmsKey(String arn, Optional<String> alias) {
  private static final String HERE = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:";

  /** Reads an ARN, a key's id, or {@code alias/NAME}. */
  static KmsKey of(String name) {
    int at = name.indexOf(":alias/");
    if (at >= 0) {
      return new KmsKey(name.substring(0, at) + ":key/*", Optional.of(name.substring(at + 1)));
    } else if (name.startsWith("alias/")) {
      return new KmsKey(HERE + "key/*", Optional.of(name));
    }
    return new KmsKey(name.startsWith("arn:") ? name : HERE + "key/" + name, Optional.empty());
  }

  /** Returns a statement that holds for this key. */
  Statement restrict(Statement statement) {
    Statement on = statement.on(Statement.sub(arn));
    return alias
        .map(name -> on.when("ForAnyValue:StringEquals", "kms:ResourceAliases", name))
        .orElse(on);
  }
}
