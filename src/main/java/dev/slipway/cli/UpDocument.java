package dev.slipway.cli;

import dev.slipway.local.DeploymentState;
import dev.slipway.manifest.SecretReference;
import java.util.Optional;

/**
 * What a running deployment offers: the document of {@code up --json}.
 *
 * @param api the business layer's URL
 * @param runtime the SageMaker Runtime URL; takes any SigV4 credentials
 * @param s3 the object store's URL
 * @param region what SDKs are to be told
 * @param bucket for asynchronous inputs and outputs
 * @param endpoint the endpoint's name
 * @param pid the process that runs it all
 * @param curl a line that asks a question
 */
record UpDocument(
    String api,
    String runtime,
    String s3,
    String region,
    String bucket,
    String endpoint,
    long pid,
    String curl) {
  /** The sample answers from this documentation, other deployments from their users' documents. */
  private static final String SAMPLE_QUESTION = "How do I stop a deployment?";

  private static final String ANY_QUESTION = "What is this about?";

  static UpDocument of(DeploymentState state, boolean sample, Optional<SecretReference> keys) {
    DeploymentState.Addresses at = state.addresses();
    String question = sample ? SAMPLE_QUESTION : ANY_QUESTION;
    return new UpDocument(
        at.api(),
        at.runtime(),
        at.s3(),
        at.region(),
        at.bucket(),
        state.endpoint().name(),
        state.runner().pid(),
        "curl -sS "
            + at.api()
            + "/rag"
            // The key itself would stay in terminals and logs.
            + keys.map(ApiKeySecret::variable)
                .map(name -> " -H \"Authorization: Bearer ${" + name + "%%[[:space:]]*}\"")
                .orElse("")
            + " -H 'Content-Type: application/json' -d '{\"query\": \""
            + question
            + "\"}'");
  }

  /**
   * Tells a person.
   *
   * @param options what chooses this deployment in other commands; empty where they find it
   */
  void print(Console console, String name, String options, boolean detached) {
    console.plain("");
    console.plain(console.bold(console.green(name + " is up.")));
    console.plain("  service  " + api + "   (try it: " + api + "/docs)");
    console.plain("  runtime  " + runtime + "   (AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME)");
    console.plain("  s3       " + s3 + "   (bucket " + bucket + ")");
    console.plain("");
    console.plain("Ask it:   " + curl);
    console.plain("          slipway ask" + options + " \"...\"");
    console.plain("Stop it:  " + (detached ? "" : "Ctrl-C, or ") + "slipway down" + options);
  }
}
