package dev.slipway.deploy.teardown;

/**
 * The sorts of resources that a deployment has, in the order in which they must go: what watches or
 * scales something goes before it, and what refers to something too.
 */
enum Sort {
  /** An alarm. */
  ALARM("AWS::CloudWatch::Alarm"),
  /** A scalable target with its policies and schedules. */
  SCALING("AWS::ApplicationAutoScaling::ScalableTarget"),
  /** An inference component. */
  COMPONENT("AWS::SageMaker::InferenceComponent"),
  /** An endpoint. */
  ENDPOINT("AWS::SageMaker::Endpoint"),
  /** An endpoint configuration. */
  CONFIG("AWS::SageMaker::EndpointConfig"),
  /** A model. */
  MODEL("AWS::SageMaker::Model"),
  /** A container's log. */
  LOG_GROUP("AWS::Logs::LogGroup"),
  /** Parts of an object that was never completed. */
  UPLOAD("AWS::S3::MultipartUpload"),
  /** Objects of the store. */
  OBJECT("AWS::S3::Object"),
  /** Images of the store's repository. */
  IMAGE("AWS::ECR::Image"),
  /** A stack. */
  STACK("AWS::CloudFormation::Stack");

  private final String type;

  Sort(String type) {
    this.type = type;
  }

  /** Returns its type, CloudFormation's where it has one. */
  String type() {
    return type;
  }

  /** Returns the command that removes one by hand. */
  String command(Doomed thing, String region) {
    String name = thing.name();
    String call =
        switch (this) {
          case ALARM -> "cloudwatch delete-alarms --alarm-names " + name;
          case SCALING ->
              "application-autoscaling deregister-scalable-target --service-namespace sagemaker"
                  + " --resource-id "
                  + name
                  + " --scalable-dimension "
                  + thing.detail();
          case COMPONENT ->
              "sagemaker delete-inference-component --inference-component-name " + name;
          case ENDPOINT -> "sagemaker delete-endpoint --endpoint-name " + name;
          case CONFIG -> "sagemaker delete-endpoint-config --endpoint-config-name " + name;
          case MODEL -> "sagemaker delete-model --model-name " + name;
          case LOG_GROUP -> "logs delete-log-group --log-group-name " + name;
          case UPLOAD ->
              "s3api abort-multipart-upload --bucket "
                  + thing.place()
                  + " --key "
                  + name
                  + " --upload-id "
                  + thing.detail();
          case OBJECT -> "s3 rm --recursive s3://" + thing.place() + "/" + name;
          case IMAGE ->
              "ecr batch-delete-image --repository-name "
                  + thing.place()
                  + " --image-ids imageDigest="
                  + name;
          case STACK -> "cloudformation delete-stack --stack-name " + name;
        };
    return "aws --region " + region + " " + call;
  }
}
