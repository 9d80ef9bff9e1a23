package dev.slipway.infra;

import software.amazon.awscdk.CfnOutput;
import software.constructs.Construct;

/** Declares an output under exactly the name that readers of the stack look for. */
final class Output {
  private Output() {}

  static void declare(Construct scope, String name, String value) {
    CfnOutput.Builder.create(scope, "Output" + name).value(value).build().overrideLogicalId(name);
  }
}
