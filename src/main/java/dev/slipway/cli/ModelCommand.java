package dev.slipway.cli;

import dev.slipway.failure.Refused;
import dev.slipway.local.StateFolder;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code slipway model}: what a manifest's model resolves to, and its files on this machine. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Pins, shows, fetches and verifies the manifest's model.",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway model inspect -f slipway.yaml   what the model is, without fetching it",
      "  slipway model lock                      pin what model.revision names now",
      "  slipway model pull                      fetch the pinned files",
      "  slipway model verify --json             hash every file here and compare"
    },
    subcommands = {
      HelpCommand.class,
      ModelCommand.LockModel.class,
      ModelCommand.Inspect.class,
      ModelCommand.Pull.class,
      ModelCommand.Verify.class
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields in
  ModelCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }

  /** What the four have in common. */
  abstract static class Action extends SlipwayAction {
    @Mixin private ManifestOptions manifest = new ManifestOptions();
    private @Nullable ModelRegistry registry;

    Action(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public final Integer call() {
      Logging.quiet();
      var selection = manifest.select(surroundings());
      var chosen = selection.manifest();
      var folder =
          new StateFolder(surroundings().home().deployment(chosen.name(), chosen.environment()));
      if (selection.sample()) {
        folder.create(); // its lock lies there
      }
      Path lock = selection.lock(folder);
      registry = surroundings().adapters().models(surroundings().home().cache(), chosen.region());
      var model = new PinnedModel(registry, chosen.model(), chosen.folder(), lock);
      Lock result = run(model, lock);
      if (json()) {
        console().json(document(result));
      } else {
        table(result);
      }
      console().plain(next(manifest.repeated()));
      return ExitCode.DONE;
    }

    /** Does the work, and returns what to show. */
    abstract Lock run(PinnedModel model, Path lock);

    /** Returns the next command worth knowing. */
    abstract String next(String options);

    private void table(Lock result) {
      for (ModelFile file : result.files()) {
        console()
            .data(
                String.format(
                    Locale.ROOT, "%s  %13d  %s", file.sha256(), file.size(), file.path()));
      }
      var facts = result.facts();
      console().say(result.source() + " at " + result.commit());
      console()
          .say(
              String.format(
                  Locale.ROOT,
                  "%s, %s parameters, %s, window %s, %d files, %s",
                  facts.architecture().orElse("unknown architecture"),
                  facts.parameters().isPresent()
                      ? String.format(Locale.ROOT, "%,d", facts.parameters().getAsLong())
                      : "unknown",
                  facts.dtype().orElse("unknown dtype"),
                  facts.contextLength().isPresent() ? facts.contextLength().getAsInt() : "unknown",
                  result.files().size(),
                  TransferLine.bytes(result.files().stream().mapToLong(ModelFile::size).sum())));
    }

    final Lock shown(Snapshot snapshot) {
      return new Lock(
          snapshot.source().uri(),
          java.util.Optional.empty(),
          java.util.Optional.empty(),
          snapshot.commit(),
          snapshot.files(),
          snapshot.facts());
    }
  }

  /** {@code slipway model lock}. */
  @Command(
      name = "lock",
      description = "Resolves model.revision as it is now, and pins it in slipway.lock.")
  static final class LockModel extends Action {
    LockModel(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    Lock run(PinnedModel model, Path lock) {
      String done =
          switch (model.renew()) {
            case MADE -> "made";
            case REMADE -> "made anew";
            case HELD -> "holds already";
          };
      console().say(lock + ": " + done);
      return model.held();
    }

    @Override
    String next(String options) {
      return "Put slipway.lock into version control. Fetch the files: slipway model pull" + options;
    }
  }

  /** {@code slipway model inspect}. */
  @Command(
      name = "inspect",
      description = "Shows what the model is and which files are taken, without fetching them.")
  static final class Inspect extends Action {
    Inspect(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    Lock run(PinnedModel model, Path lock) {
      return shown(model.resolve());
    }

    @Override
    String next(String options) {
      return "Pin it: slipway model lock" + options;
    }
  }

  /** {@code slipway model pull}. */
  @Command(
      name = "pull",
      description = {
        "Fetches the pinned model's files to this machine, each held to its SHA-256.",
        "Interrupted, it goes on where it was; what is here is not fetched again."
      })
  static final class Pull extends Action {
    Pull(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    Lock run(PinnedModel model, Path lock) {
      Snapshot snapshot = model.pin();
      try (var line = new TransferLine(console())) {
        Snapshot fetched = model.fetch(snapshot, line);
        fetched.content().folder().ifPresent(folder -> console().say("Its files are in " + folder));
        return shown(fetched);
      }
    }

    @Override
    String next(String options) {
      return "Serve it on this machine: slipway up" + options;
    }
  }

  /** {@code slipway model verify}. */
  @Command(
      name = "verify",
      description = "Hashes every file on this machine and compares with slipway.lock.")
  static final class Verify extends Action {
    Verify(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    Lock run(PinnedModel model, Path lock) {
      Lock held = model.held();
      Snapshot snapshot = model.resolve();
      held.verify(snapshot);
      List<String> wrong = new FileCheck(console()).wrong(snapshot);
      if (!wrong.isEmpty()) {
        throw new Refused(
            "model_changed",
            "The files of " + held.source() + " on this machine are not those that are pinned",
            String.join("\n", wrong),
            "Fetch them: slipway model pull");
      }
      console().say("Every file on this machine is the one that " + Lock.FILE_NAME + " pins.");
      return shown(snapshot);
    }

    @Override
    String next(String options) {
      return "Serve it on this machine: slipway up" + options;
    }
  }

  /** Returns the contract's document. */
  static Map<String, Object> document(Lock lock) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("source", lock.source());
    document.put("commit", lock.commit());
    List<Map<String, Object>> files = new ArrayList<>();
    for (ModelFile file : lock.files()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("path", file.path());
      each.put("size", file.size());
      each.put("sha256", file.sha256());
      files.add(each);
    }
    document.put("files", files);
    var facts = lock.facts();
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    said.put("architecture", facts.architecture().orElse(null));
    said.put("parameters", facts.parameters().isPresent() ? facts.parameters().getAsLong() : null);
    said.put("dtype", facts.dtype().orElse(null));
    said.put(
        "context_length",
        facts.contextLength().isPresent() ? facts.contextLength().getAsInt() : null);
    document.put("facts", said);
    return document;
  }
}
