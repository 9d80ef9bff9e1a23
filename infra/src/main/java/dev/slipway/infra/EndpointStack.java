package dev.slipway.infra;

import software.amazon.awscdk.BootstraplessSynthesizer;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** Holds one deployment's endpoint. It declares no resource yet. */
final class EndpointStack extends Stack {

  EndpointStack(Construct scope, String id) {
    super(
        scope,
        id,
        StackProps.builder()
            // Templates are applied through the SDK: an account needs no bootstrap stack.
            .synthesizer(BootstraplessSynthesizer.Builder.create().build())
            .analyticsReporting(false)
            .build());
  }
}
