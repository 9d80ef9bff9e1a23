package dev.slipway.infra;

import software.amazon.awscdk.App;

/** Synthesizes the cloud assembly; {@code cdk.json} names this class. */
public final class Main {
  private Main() {}

  /** Writes the assembly to the folder that the CDK names, {@code cdk.out} by default. */
  public static void main(String[] arguments) {
    App app = new App();
    new EndpointStack(app, "slipway");
    app.synth();
  }
}
