package dev.slipway.standin;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import java.lang.reflect.Method;

/** Names what a port's method calls, in the service's words. */
final class Operation {
  private Operation() {}

  /** Returns the operation, such as {@code DescribeStacks}; the method's own name where none is. */
  static String of(Class<?> port, Method method, Object[] arguments) {
    if (port == Hosting.class && arguments.length == 2 && arguments[0] instanceof Kind kind) {
      return method.getName().equals("list") ? "List" + word(kind) + "s" : "Delete" + word(kind);
    }
    return switch (port.getSimpleName() + "." + method.getName()) {
      case "Stacks.find", "Stacks.tagged" -> "DescribeStacks";
      case "Stacks.template" -> "GetTemplate";
      case "Stacks.propose" -> "CreateChangeSet";
      case "Stacks.changeSet" -> "DescribeChangeSet";
      case "Stacks.drop" -> "DeleteChangeSet";
      case "Stacks.execute" -> "ExecuteChangeSet";
      case "Stacks.events" -> "DescribeStackEvents";
      case "Stacks.resources" -> "DescribeStackResources";
      case "Stacks.cancelUpdate" -> "CancelUpdateStack";
      case "Stacks.continueRollback" -> "ContinueUpdateRollback";
      case "Stacks.delete" -> "DeleteStack";
      case "Hosting.endpoint" -> "DescribeEndpoint";
      case "Hosting.config" -> "DescribeEndpointConfig";
      case "Hosting.component" -> "DescribeInferenceComponent";
      case "Hosting.components" -> "ListInferenceComponents";
      case "Hosting.tags" -> "ListTags";
      case "Hosting.resize" -> "UpdateEndpointWeightsAndCapacities";
      case "Hosting.resizeComponent" -> "UpdateInferenceComponentRuntimeConfig";
      case "Scaling.targets" -> "DescribeScalableTargets";
      case "Scaling.policies" -> "DescribeScalingPolicies";
      case "Scaling.bounds" -> "RegisterScalableTarget";
      case "Scaling.remove" -> "DeregisterScalableTarget";
      case "Alarms.startingWith" -> "DescribeAlarms";
      case "Alarms.delete" -> "DeleteAlarms";
      case "ContainerLogs.read" -> "FilterLogEvents";
      case "ContainerLogs.groups" -> "DescribeLogGroups";
      case "ContainerLogs.delete" -> "DeleteLogGroup";
      case "Account.identity" -> "GetCallerIdentity";
      case "Account.endpointQuota" -> "ListServiceQuotas";
      case "Account.pricePerHour" -> "GetProducts";
      case "Account.endpointUsage" -> "GetMetricStatistics";
      case "Account.denied" -> "SimulatePrincipalPolicy";
      case "Images.digests" -> "ListImages";
      case "Images.delete" -> "BatchDeleteImage";
      case "Bucket.head" -> "HeadObject";
      case "Bucket.list" -> "ListObjectsV2";
      case "Bucket.get", "Bucket.open" -> "GetObject";
      case "Bucket.put", "Bucket.putIfAbsent", "Bucket.putIfUnchanged" -> "PutObject";
      case "Bucket.delete" -> "DeleteObjects";
      case "Bucket.begin" -> "CreateMultipartUpload";
      case "Bucket.send" -> "UploadPart";
      case "Bucket.parts" -> "ListParts";
      case "Bucket.complete" -> "CompleteMultipartUpload";
      case "Bucket.abort" -> "AbortMultipartUpload";
      case "Bucket.uploads" -> "ListMultipartUploads";
      default -> method.getName();
    };
  }

  private static String word(Kind kind) {
    return switch (kind) {
      case ENDPOINT -> "Endpoint";
      case ENDPOINT_CONFIG -> "EndpointConfig";
      case MODEL -> "Model";
      case COMPONENT -> "InferenceComponent";
    };
  }
}
