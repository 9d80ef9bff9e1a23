package dev.slipway.cli;

import dev.slipway.deploy.Deployment;

/**
 * Tells a person what a deploy came to, how to ask it, and how to remove it.
 *
 * @param repeated the options that choose the same deployment again
 */
record DeployedText(Deployment done, String region, String repeated) {

  void print(Console console) {
    console.plain("");
    console.data(
        console.bold(done.deployment())
            + (done.environment().equals("default") ? "" : " in " + done.environment())
            + (done.changed() ? " is deployed" : " is as it should be; nothing was changed")
            + ", revision "
            + done.revision());
    console.data(
        done.endpoint() == null
            ? "  model     beside the service in " + region
            : "  endpoint  " + done.endpoint() + " in " + region);
    console.data("  stack     " + done.stack());
    console.data("  bucket    " + done.bucket());
    console.data("  smoke     " + done.smoke());
    var service = done.service();
    if (service != null) {
      console.data("  service   " + service.url() + "  " + service.asked());
    }
    var eval = done.eval();
    if (eval != null) {
      console.data(
          "  eval      passed, "
              + (eval.asked().equals("service")
                  ? "asked through the service"
                  : "asked through a service of this process"));
    }
    console.plain("");
    console.plain("Ask it:      slipway ask" + repeated + " \"...\"");
    console.plain("Its cost:    slipway status" + repeated);
    console.plain("Remove it:   slipway destroy" + repeated);
  }
}
