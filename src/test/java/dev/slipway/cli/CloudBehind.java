package dev.slipway.cli;

import dev.slipway.api.Service;
import dev.slipway.api.ServiceSettings;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.hub.FileRegistry;
import dev.slipway.hub.HashCache;
import dev.slipway.image.ImageBuilder;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import dev.slipway.model.ModelRegistry;
import dev.slipway.plan.Synthesizer;
import dev.slipway.plan.Templates;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import dev.slipway.trace.TraceLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Puts a simulated region, and models of this machine, behind the command line. */
final class CloudBehind implements Adapters {
  private static final String STORE =
      """
      {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
       "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}}}}
      """;

  private static final String ENDPOINT =
      """
      {"Parameters": {"StoreBucket": {"Type": "String"}},
       "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Model": {"Type": "AWS::SageMaker::Model", "UpdateReplacePolicy": "Retain", "Properties": {
         "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "PrimaryContainer": {"Image": "i"},
         "Tags": [{"Key": "slipway:deployment", "Value": "chat"},
                  {"Key": "slipway:environment", "Value": "default"}]}},
        "Config": {"Type": "AWS::SageMaker::EndpointConfig", "UpdateReplacePolicy": "Retain",
         "Properties": {"ProductionVariants": [
          {"VariantName": "main", "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
           "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}],
         "Tags": [{"Key": "slipway:deployment", "Value": "chat"},
                  {"Key": "slipway:environment", "Value": "default"}]}},
        "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointName": "chat",
         "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}}},
       "Outputs": {
        "EndpointName": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
        "EndpointConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
        "ModelName": {"Value": {"Fn::GetAtt": ["Model", "ModelName"]}}}}
      """;

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);

  CloudSimulation simulation() {
    return simulation;
  }

  @Override
  public Cloud cloud(Optional<String> region) {
    return cloud;
  }

  @Override
  public ModelRegistry models(Path cache, Optional<String> region) {
    return new FileRegistry(new HashCache(cache));
  }

  @Override
  public Synthesizer synthesizer(Path cache) {
    return (_, _, _) -> new Templates(STORE, ENDPOINT);
  }

  @Override
  public Pace pace() {
    return pace;
  }

  @Override
  public LocalTarget host(LocalTarget.Settings settings) {
    throw new AssertionError("nothing is hosted here");
  }

  @Override
  public LocalEngine engine(EndpointName name, ContainerSpec container, StateFolder folder) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ImageBuilder images(Path cache) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Service serve(ServiceSettings settings) {
    throw new AssertionError("nothing is served here");
  }

  @Override
  public IndexReport index(
      PassagePlace place,
      Path base,
      PassageSize size,
      List<Path> paths,
      String collection,
      IndexProgress progress) {
    throw new AssertionError("nothing is indexed here");
  }

  @Override
  public dev.slipway.access.KeyStore keys(String secret, Optional<String> region) {
    throw new UnsupportedOperationException();
  }

  @Override
  public TraceLog traces(Path folder) {
    throw new AssertionError("nothing is traced here");
  }
}
