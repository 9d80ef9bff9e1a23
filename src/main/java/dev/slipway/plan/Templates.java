package dev.slipway.plan;

/**
 * The synthesized templates, as JSON text.
 *
 * @param store of the store's stack
 * @param endpoint of the endpoint's stack; takes the store's bucket as its parameter {@link
 *     #BUCKET_PARAMETER}
 */
public record Templates(String store, String endpoint) {
  /** The endpoint template's parameter that names the store's bucket. */
  public static final String BUCKET_PARAMETER = "StoreBucket";

  /** The store's output that names its bucket. */
  public static final String BUCKET_OUTPUT = "BucketName";

  /** The store's output that names its image repository. */
  public static final String REPOSITORY_OUTPUT = "RepositoryName";

  /** The endpoint's output with its name: some stand-ins choose another than the template's. */
  public static final String ENDPOINT_OUTPUT = "EndpointName";

  /** The endpoint's output with the name of its configuration. */
  public static final String CONFIG_OUTPUT = "EndpointConfigName";

  /** The endpoint's output with the name of its model. */
  public static final String MODEL_OUTPUT = "ModelName";

  /** The endpoint's output with the ARN of its execution role. */
  public static final String ROLE_OUTPUT = "ExecutionRoleArn";
}
