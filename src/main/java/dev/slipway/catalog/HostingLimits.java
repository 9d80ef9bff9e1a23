package dev.slipway.catalog;

import dev.slipway.catalog.HostingLimit.Unit;
import java.time.LocalDate;

/** Lists the limits of SageMaker hosting, and of a request to it. */
public final class HostingLimits {
  private static final LocalDate SEEN = LocalDate.of(2026, 11, 22);
  private static final String SERVICE_MODEL =
      "AWS service model sagemaker-runtime 2017-05-13, as in botocore 1.43.11";
  private static final String CONTROL_MODEL =
      "AWS service model sagemaker 2017-07-24, as in botocore 1.43.11";
  private static final String DEVELOPER_GUIDE = "Amazon SageMaker AI Developer Guide";

  /** A request's body, real-time or streamed, by the service model: the smaller of two sources. */
  public static final HostingLimit BODY =
      new HostingLimit(6_291_456, Unit.BYTES, SERVICE_MODEL + ", shape BodyBlob", SEEN);

  /** The same by newer pages of the guide, which the service model doesn't follow. */
  public static final HostingLimit BODY_BY_THE_GUIDE =
      new HostingLimit(25L << 20, Unit.BYTES, DEVELOPER_GUIDE + ", Real-time inference", SEEN);

  /** Until a whole answer is there. */
  public static final HostingLimit WHOLE_ANSWER =
      new HostingLimit(60, Unit.SECONDS, SERVICE_MODEL + ", documentation of InvokeEndpoint", SEEN);

  /** Until a streamed answer has ended. */
  public static final HostingLimit STREAMED_ANSWER =
      new HostingLimit(
          480, Unit.SECONDS, DEVELOPER_GUIDE + ", Invoke real-time endpoints: streaming", SEEN);

  /** An asynchronous request's input in S3. */
  public static final HostingLimit ASYNC_INPUT =
      new HostingLimit(1L << 30, Unit.BYTES, DEVELOPER_GUIDE + ", Asynchronous inference", SEEN);

  /** An asynchronous request's input in the request itself. */
  public static final HostingLimit ASYNC_INLINE_INPUT =
      new HostingLimit(128_000, Unit.BYTES, DEVELOPER_GUIDE + ", Asynchronous inference", SEEN);

  /** Until an asynchronous answer is there, where the request doesn't say. */
  public static final HostingLimit ASYNC_ANSWER =
      new HostingLimit(900, Unit.SECONDS, DEVELOPER_GUIDE + ", Asynchronous inference", SEEN);

  /** The longest that a request may ask for. */
  public static final HostingLimit ASYNC_ANSWER_AT_MOST =
      new HostingLimit(
          3600, Unit.SECONDS, SERVICE_MODEL + ", shape InvocationTimeoutSecondsHeader", SEEN);

  /** How long an asynchronous request may wait at least. */
  public static final HostingLimit ASYNC_WAIT_AT_LEAST =
      new HostingLimit(60, Unit.SECONDS, SERVICE_MODEL + ", shape RequestTTLSecondsHeader", SEEN);

  /** How long an asynchronous request may wait at most, and where it doesn't say. */
  public static final HostingLimit ASYNC_WAIT_AT_MOST =
      new HostingLimit(
          21_600, Unit.SECONDS, SERVICE_MODEL + ", shape RequestTTLSecondsHeader", SEEN);

  /** How many variables a container may have. */
  public static final HostingLimit VARIABLES =
      new HostingLimit(100, Unit.ITEMS, CONTROL_MODEL + ", shape EnvironmentMap", SEEN);

  /** The value of one variable. */
  public static final HostingLimit VARIABLE =
      new HostingLimit(1024, Unit.BYTES, CONTROL_MODEL + ", shape EnvironmentValue", SEEN);

  /** All variables together, names and values. */
  public static final HostingLimit ALL_VARIABLES =
      new HostingLimit(
          32 << 10, Unit.BYTES, "Amazon SageMaker API Reference, ContainerDefinition", SEEN);

  /** The least that the download of a model and the start of its container may take. */
  public static final HostingLimit START_AT_LEAST =
      new HostingLimit(
          60,
          Unit.SECONDS,
          CONTROL_MODEL + ", shape ProductionVariantModelDataDownloadTimeoutInSeconds",
          SEEN);

  /** The most that the download of a model, and again the start of its container, may take. */
  public static final HostingLimit START_AT_MOST =
      new HostingLimit(
          3600,
          Unit.SECONDS,
          CONTROL_MODEL + ", shape ProductionVariantModelDataDownloadTimeoutInSeconds",
          SEEN);

  /** The largest volume of an instance without disks of its own, in GB. */
  public static final HostingLimit VOLUME_GB =
      new HostingLimit(
          512, Unit.ITEMS, CONTROL_MODEL + ", shape ProductionVariantVolumeSizeInGB", SEEN);

  /** How many tags a resource may have. */
  public static final HostingLimit TAGS =
      new HostingLimit(50, Unit.ITEMS, "AWS General Reference, Tagging AWS resources", SEEN);

  private HostingLimits() {}
}
