package dev.slipway.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
    name = "slipway",
    versionProvider = BuildVersion.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Launches fine-tuned LLMs: a model from its registry, hosted, asked and removed.",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "3:manifest invalid",
      "4:refused by a check before anything was changed",
      "5:rolled back",
      "6:the cloud is still working: slipway status --watch",
      "7:another deploy holds the lock",
      "8:a gate failed: smoke test or evaluation",
      "9:something is left after destroy",
      "130:interrupted",
      "143:terminated"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway up                      answer questions here, with the demo model",
      "  slipway ask \"How do I stop it?\"  ask the running service",
      "  slipway init                    write a manifest of your own",
      "  slipway plan                    what a deploy of it to AWS would change and cost",
      "  slipway deploy                  deploy it to AWS",
      "  slipway down                    stop what up started"
    })
final class SlipwayCommand implements Runnable {
  /** What each command is called, in the order in which help lists them. */
  static final Map<String, Class<?>> COMMANDS = commands();

  /** Those that speak of the others. */
  private static final Set<String> ALL = Set.of("help", "generate-completion");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields in
  SlipwayCommand() {}

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("help", HelpCommand.class);
    commands.put("up", UpCommand.class);
    commands.put("plan", PlanCommand.class);
    commands.put("deploy", DeployCommand.class);
    commands.put("ask", AskCommand.class);
    commands.put("invoke", InvokeCommand.class);
    commands.put("status", StatusCommand.class);
    commands.put("logs", LogsCommand.class);
    commands.put("scale", ScaleCommand.class);
    commands.put("history", HistoryCommand.class);
    commands.put("rollback", RollbackCommand.class);
    commands.put("unlock", UnlockCommand.class);
    commands.put("down", DownCommand.class);
    commands.put("destroy", DestroyCommand.class);
    commands.put("model", ModelCommand.class);
    commands.put("orphans", OrphansCommand.class);
    commands.put("index", IndexCommand.class);
    commands.put("eval", EvalCommand.class);
    commands.put("traces", TracesCommand.class);
    commands.put("serve", ServeCommand.class);
    commands.put("key", KeyCommand.class);
    commands.put("image", ImageCommand.class);
    commands.put("bench", BenchCommand.class);
    commands.put("init", InitCommand.class);
    commands.put("validate", ValidateCommand.class);
    commands.put("schema", SchemaCommand.class);
    commands.put("doctor", DoctorCommand.class);
    commands.put("generate-completion", GenerateCompletion.class);
    return Collections.unmodifiableMap(commands);
  }

  /**
   * Returns the command line that understands the arguments. Where the first names a command that
   * needs no other, only that one is built: picocli reads a command by reflection, which costs each
   * start a fifth of a second for all of them.
   */
  static CommandLine line(CommandLine.IFactory factory, String... arguments) {
    var line = new CommandLine(new SlipwayCommand(), factory);
    String first = arguments.length == 0 ? "" : arguments[0];
    boolean alone = COMMANDS.containsKey(first) && !ALL.contains(first);
    boolean none = arguments.length == 1 && first.equals("--version");
    COMMANDS.forEach(
        (name, type) -> {
          if (alone ? name.equals(first) : !none) {
            line.addSubcommand(new CommandLine(type, factory));
          }
        });
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
