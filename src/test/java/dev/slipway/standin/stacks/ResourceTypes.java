package dev.slipway.standin.stacks;

import dev.slipway.standin.kernel.AwsError;

/** Finds the type that a template names. */
record ResourceTypes(Services services) {

  /** Returns a type, or refuses a name that the stand-in doesn't know. */
  ResourceType named(String type) {
    return switch (type) {
      case "AWS::SageMaker::Model" -> new ModelType(services);
      case "AWS::SageMaker::EndpointConfig" -> new ConfigType(services);
      case "AWS::SageMaker::Endpoint" -> new EndpointType(services);
      case "AWS::SageMaker::InferenceComponent" -> new ComponentType(services);
      case "AWS::ApplicationAutoScaling::ScalableTarget" -> new TargetType(services);
      case "AWS::ApplicationAutoScaling::ScalingPolicy" -> new PolicyType(services);
      case "AWS::CloudWatch::Alarm" -> new AlarmType(services);
      case "AWS::S3::Bucket" -> new BucketType(services);
      case "AWS::ECR::Repository" -> new RepositoryType(services);
      case "AWS::ECS::Service" -> new ContainerServiceType(services);
      case "AWS::ECS::TaskDefinition" -> new TaskDefinitionType(services);
      case "AWS::S3::BucketPolicy",
          "AWS::IAM::Role",
          "AWS::IAM::Policy",
          "AWS::IAM::ManagedPolicy",
          "AWS::SNS::Topic",
          "AWS::SNS::TopicPolicy",
          "AWS::KMS::Key",
          "AWS::KMS::Alias",
          "AWS::Logs::LogGroup",
          "AWS::EC2::SecurityGroup",
          "AWS::EC2::SecurityGroupIngress",
          "AWS::EC2::SecurityGroupEgress",
          "AWS::ECS::Cluster",
          "AWS::ElasticLoadBalancingV2::LoadBalancer",
          "AWS::ElasticLoadBalancingV2::Listener",
          "AWS::ElasticLoadBalancingV2::TargetGroup",
          "AWS::CDK::Metadata",
          "AWS::CloudFormation::WaitConditionHandle" ->
          new PlainType(services, type);
      default ->
          throw AwsError.validation(
              "Template format error: Unrecognized resource types: [" + type + "]");
    };
  }
}
