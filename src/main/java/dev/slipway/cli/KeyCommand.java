package dev.slipway.cli;

import dev.slipway.access.ApiKey;
import dev.slipway.access.KeyRecord;
import dev.slipway.access.KeyStore;
import dev.slipway.access.Scope;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.KeyFile;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slipway key}: the API keys of a service. */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Makes, lists and revokes the API keys of a service.",
      "Only hashes are kept: in a private file for a deployment of this machine, in the secret that"
          + " api.keys names for one in AWS."
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway key create --name website --scope ask --expires 90d",
      "  slipway key create --name acme --tenant acme --target aws",
      "  slipway key list",
      "  slipway key revoke 3fK9aZ0b"
    },
    subcommands = {
      HelpCommand.class,
      KeyCommand.Create.class,
      KeyCommand.ListKeys.class,
      KeyCommand.Revoke.class
    })
final class KeyCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields in
  KeyCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }

  /** What the three have in common. */
  abstract static class Action extends SlipwayAction {
    @Mixin private ManifestOptions manifest = new ManifestOptions();

    @Option(
        names = "--target",
        paramLabel = "WHERE",
        description =
            "local or aws; without it what is on this machine, else what the manifest says")
    private LocalOptions.@Nullable Where target;

    Action(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public final Integer call() {
      Logging.quiet();
      Manifest chosen = manifest.select(surroundings()).manifest();
      var path = surroundings().home().deployment(chosen.name(), chosen.environment());
      boolean cloud =
          target == null
              ? chosen.target() == Manifest.Target.AWS && !new StateFolder(path).broughtUp()
              : target == LocalOptions.Where.aws;
      if (!cloud) {
        run(new KeyFile(new StateFolder(path)), chosen);
        return ExitCode.DONE;
      }
      var secret =
          chosen
              .api()
              .keys()
              .orElseThrow(
                  () ->
                      new Refused(
                          "no_key_secret",
                          "Cannot tell where the API keys are",
                          "api.keys is none",
                          "Set it to secret:NAME, the name of a secret in AWS Secrets Manager."));
      run(KeyPlace.cloud(surroundings(), chosen, secret), chosen);
      return ExitCode.DONE;
    }

    abstract void run(KeyStore store, Manifest manifest);
  }

  /** {@code slipway key create}. */
  @Command(
      name = "create",
      description =
          "Makes a key and prints it: once, on standard output. It holds from a few seconds on (AWS:"
              + " a minute).")
  static final class Create extends Action {
    @Option(
        names = "--name",
        required = true,
        paramLabel = "NAME",
        description = "whose it is, for people")
    private String name = "";

    @Option(
        names = "--scope",
        split = ",",
        paramLabel = "SCOPE",
        defaultValue = "ask",
        description =
            "what it may do: ask, traces (read prompt monitoring), admin (all, and metrics from"
                + " elsewhere); may be repeated (default: ${DEFAULT-VALUE})")
    private List<String> scopes = List.of();

    @Option(
        names = "--tenant",
        paramLabel = "TENANT",
        description = "whose passages it may see (rag.tenant); such a key may only ask")
    private @Nullable String tenant;

    @Option(
        names = "--expires",
        paramLabel = "WHEN",
        description = "after so long (12h, 90d) or at a moment (2027-01-31T18:00Z)")
    private @Nullable String expires;

    Create(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(KeyStore store, Manifest manifest) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      ApiKey key = ApiKey.generate(new SecureRandom());
      var made =
          new KeyRecord(
              key.id(),
              name(),
              ApiKey.hash(key.text()),
              scopes(),
              tenant(),
              now,
              Optional.ofNullable(expires).map(text -> moment(text, now)));
      store.update(book -> book.with(made));
      if (json()) {
        Map<String, Object> document = document(made, now);
        document.put("key", key.text());
        console().json(document);
      } else {
        console().data(key.text());
      }
      console().say("Key " + made.id() + " of \"" + made.name() + "\" is in " + store.place());
      console().plain("It is not shown again. Take it back: slipway key revoke " + made.id());
      if (manifest.api().keys().isEmpty()) {
        console().plain("! api.keys is none: the service asks for keys once it is secret:NAME");
      }
    }

    private String name() {
      if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
        throw wrong("--name", "it must have 1 to 100 characters on one line");
      }
      return name.strip();
    }

    private Set<Scope> scopes() {
      Set<Scope> chosen = EnumSet.noneOf(Scope.class);
      for (String word : scopes) {
        chosen.add(
            Scope.of(word)
                .orElseThrow(() -> wrong("--scope " + word, "a scope is ask, traces or admin")));
      }
      if (tenant != null && !chosen.equals(EnumSet.of(Scope.ASK))) {
        throw wrong(
            "--tenant", "traces and metrics are of all tenants, so a tenant's key may only ask");
      }
      return chosen;
    }

    private Optional<String> tenant() {
      if (tenant != null
          && (tenant.isBlank()
              || tenant.length() > 200
              || tenant.chars().anyMatch(Character::isISOControl))) {
        throw wrong("--tenant", "it must have 1 to 200 characters on one line");
      }
      return Optional.ofNullable(tenant);
    }

    private static Instant moment(String text, Instant now) {
      Instant moment;
      try {
        moment =
            text.matches("[1-9][0-9]{0,5}[mhd]")
                ? now.plus(
                    Duration.parse(
                        text.endsWith("d")
                            ? "P" + text.toUpperCase(Locale.ROOT)
                            : "PT" + text.toUpperCase(Locale.ROOT)))
                : OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw wrong("--expires " + text, "it is neither 12h or 90d nor 2027-01-31T18:00Z");
      }
      if (!moment.isAfter(now)) {
        throw wrong("--expires " + text, "that is over");
      }
      return moment;
    }

    private static UsageFailure wrong(String option, String why) {
      return new UsageFailure(
          "Cannot make a key with " + option, why, "See `slipway key create --help`.");
    }
  }

  /** {@code slipway key list}. */
  @Command(name = "list", description = "Lists the keys; the keys themselves are nowhere kept.")
  static final class ListKeys extends Action {
    ListKeys(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(KeyStore store, Manifest manifest) {
      List<KeyRecord> keys = store.read().keys();
      Instant now = Instant.now();
      if (json()) {
        List<Map<String, Object>> documents = new ArrayList<>();
        keys.forEach(key -> documents.add(document(key, now)));
        console().json(Map.of("keys", documents));
        return;
      }
      for (KeyRecord key : keys) {
        console()
            .data(
                String.format(
                    Locale.ROOT,
                    "%s  %-24s  %-12s  %s%s%s",
                    key.id(),
                    key.name(),
                    words(key).collect(Collectors.joining(",")),
                    key.created(),
                    key.tenant().map(t -> "  tenant " + t).orElse(""),
                    key.expires()
                        .map(t -> (key.expired(now) ? "  expired " : "  expires ") + t)
                        .orElse("")));
      }
      if (keys.isEmpty()) {
        console().say("There is no key in " + store.place());
        console().plain("Make one: slipway key create --name NAME");
      }
    }
  }

  /** {@code slipway key revoke}. */
  @Command(
      name = "revoke",
      description =
          "Takes a key back: a running service refuses it from a few seconds on (AWS: a minute).")
  static final class Revoke extends Action {
    @Parameters(paramLabel = "ID", description = "as `slipway key list` shows it")
    private String id = "";

    Revoke(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(KeyStore store, Manifest manifest) {
      KeyRecord key =
          store
              .read()
              .find(id)
              .orElseThrow(
                  () ->
                      new OperationFailed(
                          "no_such_key",
                          "Cannot revoke the key",
                          "there is none of that id in " + store.place(),
                          "List them with `slipway key list`."));
      store.update(book -> book.without(id));
      if (json()) {
        console().json(Map.of("revoked", id));
      }
      console().say("Key " + id + " of \"" + key.name() + "\" is revoked");
    }
  }

  private static java.util.stream.Stream<String> words(KeyRecord key) {
    return key.scopes().stream().sorted().map(Scope::word);
  }

  private static Map<String, Object> document(KeyRecord key, Instant now) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", key.id());
    document.put("name", key.name());
    document.put("scopes", words(key).toList());
    key.tenant().ifPresent(tenant -> document.put("tenant", tenant));
    document.put("created", key.created().toString());
    key.expires().ifPresent(expires -> document.put("expires", expires.toString()));
    document.put("expired", key.expired(now));
    return document;
  }
}
