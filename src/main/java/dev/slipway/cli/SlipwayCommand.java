package dev.slipway.cli;

import picocli.AutoComplete.GenerateCompletion;
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
    },
    subcommands = {
      HelpCommand.class,
      UpCommand.class,
      PlanCommand.class,
      DeployCommand.class,
      AskCommand.class,
      InvokeCommand.class,
      StatusCommand.class,
      LogsCommand.class,
      ScaleCommand.class,
      HistoryCommand.class,
      RollbackCommand.class,
      UnlockCommand.class,
      DownCommand.class,
      DestroyCommand.class,
      ModelCommand.class,
      OrphansCommand.class,
      IndexCommand.class,
      TracesCommand.class,
      ServeCommand.class,
      InitCommand.class,
      ValidateCommand.class,
      SchemaCommand.class,
      DoctorCommand.class,
      GenerateCompletion.class
    })
final class SlipwayCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields in
  SlipwayCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }
}
