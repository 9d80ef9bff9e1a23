package dev.slipway.local.runtime;

import java.util.List;

/** Names SageMaker Runtime's headers, as the service model has them. */
final class InvocationHeaders {
  static final String CONTENT_TYPE = "X-Amzn-SageMaker-Content-Type";
  static final String ACCEPT = "X-Amzn-SageMaker-Accept";
  static final String CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes";
  static final String COMPONENT = "X-Amzn-SageMaker-Inference-Component";
  static final String TARGET_VARIANT = "X-Amzn-SageMaker-Target-Variant";
  static final String INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id";
  static final String SESSION_ID = "X-Amzn-SageMaker-Session-Id";
  static final String INPUT_LOCATION = "X-Amzn-SageMaker-InputLocation";
  static final String OUTPUT_EXTENSION = "X-Amzn-SageMaker-S3OutputPathExtension";
  static final String FILENAME = "X-Amzn-SageMaker-Filename";
  static final String WAIT_SECONDS = "X-Amzn-SageMaker-RequestTTLSeconds";
  static final String TIMEOUT_SECONDS = "X-Amzn-SageMaker-InvocationTimeoutSeconds";
  static final String OUTPUT_LOCATION = "X-Amzn-SageMaker-OutputLocation";
  static final String FAILURE_LOCATION = "X-Amzn-SageMaker-FailureLocation";
  static final String INVOKED_VARIANT = "x-Amzn-Invoked-Production-Variant";

  /** A container gets these as they came; SageMaker strips what it doesn't know. */
  static final List<String> PASSED_ON =
      List.of(
          CUSTOM_ATTRIBUTES,
          COMPONENT,
          INFERENCE_ID,
          SESSION_ID,
          "X-Amzn-SageMaker-Target-Model",
          "X-Amzn-SageMaker-Target-Container-Hostname",
          "X-Amzn-SageMaker-Enable-Explanations");

  /** A caller gets these of the container's answer. */
  static final List<String> PASSED_BACK =
      List.of(
          CUSTOM_ATTRIBUTES,
          "X-Amzn-SageMaker-New-Session-Id",
          "X-Amzn-SageMaker-Closed-Session-Id");

  private InvocationHeaders() {}
}
