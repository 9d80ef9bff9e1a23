package dev.slipway.cli;

import dev.slipway.deploy.Intervention;
import dev.slipway.failure.UsageFailure;
import dev.slipway.plan.Plan;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks the user at the terminal: before a change whether it is meant, after Ctrl-C what to do with
 * what the cloud works on.
 *
 * @param view is put aside while a question stands
 * @param interruption hears of the cloud's work
 * @param yes whether the change is approved already
 */
record DeployPrompt(Console console, DeployView view, Interruption interruption, boolean yes)
    implements Intervention {

  @Override
  public boolean approves(Plan plan) {
    if (yes) {
      return true;
    }
    if (!console.terminal()) {
      throw new UsageFailure(
          "Cannot ask whether to change \"" + plan.deployment() + "\"",
          "there is no terminal",
          "Give --yes if it is meant; `slipway plan` shows what would change.");
    }
    view.close();
    new PlanText(plan).lines(console).forEach(console::plain);
    return answer("Do this? [y/N] ").startsWith("y");
  }

  @Override
  public Choice interrupted(String stack) {
    interruption.cloudWorks();
    if (!console.terminal()) {
      return Choice.LEAVE_RUNNING;
    }
    view.close();
    console.plain(
        "AWS is changing " + stack + ". Ctrl-C again leaves it running and ends this program.");
    return answer("Roll the change back? [y/N] ").startsWith("y")
        ? Choice.ROLL_BACK
        : Choice.LEAVE_RUNNING;
  }

  private static String answer(String question) {
    return Optional.ofNullable(System.console())
        .map(terminal -> terminal.readLine("%s", question))
        .orElse("")
        .strip()
        .toLowerCase(Locale.ROOT);
  }
}
