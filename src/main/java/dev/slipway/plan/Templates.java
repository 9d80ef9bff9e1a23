package dev.slipway.plan;

import java.util.Optional;

/**
 * The synthesized templates, as JSON text.
 *
 * @param store of the store's stack
 * @param endpoint of the endpoint's stack; absent where the model answers beside the service; takes
 *     the store's bucket as its parameter {@link #BUCKET_PARAMETER}
 * @param service of the business layer's stack; absent where that runs elsewhere; takes {@link
 *     #BUCKET_PARAMETER}, {@link #IMAGE_PARAMETER} and, if it has that, {@link #INDEX_PARAMETER}
 */
public record Templates(String store, Optional<String> endpoint, Optional<String> service) {
  /** Holds templates of a deployment whose business layer runs elsewhere. */
  public Templates(String store, String endpoint) {
    this(store, Optional.of(endpoint), Optional.empty());
  }

  /** The service template's parameter that names its image, by digest. */
  public static final String IMAGE_PARAMETER = "ServiceImage";

  /** The service template's parameter with the key of its index in the store's bucket. */
  public static final String INDEX_PARAMETER = "IndexSnapshot";

  /** The service's output with the address of its load balancer. */
  public static final String URL_OUTPUT = "Url";

  /** The service's output with the name of its cluster. */
  public static final String CLUSTER_OUTPUT = "ClusterName";

  /** The service's output with its name in the cluster. */
  public static final String SERVICE_OUTPUT = "ServiceName";

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
