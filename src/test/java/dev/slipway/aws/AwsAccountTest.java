package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.ScriptedAws.Answer;
import dev.slipway.aws.ScriptedAws.Call;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What moto can't be asked: quotas, prices, policies, lists of instance types. */
final class AwsAccountTest {
  private static final String G5 = "ml.g5.xlarge";
  private static final String ROLE = "arn:aws:sts::123456789012:assumed-role/deployer/ann";
  private static final String USER = "arn:aws:iam::123456789012:user/ann";

  @Test
  void theAccountsOwnQuotaOnAnyPageComesBeforeTheDefault() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    Answer.json(
                        switch (call.operation()) {
                          case "ListServiceQuotas" ->
                              call.number() == 1
                                  ? "{\"NextToken\":\"2\",\"Quotas\":["
                                      + quota("ml.t2.medium", 1)
                                      + "]}"
                                  : "{\"Quotas\":[" + quota(G5, 4) + "]}";
                          case "ListAWSDefaultServiceQuotas" ->
                              "{\"Quotas\":["
                                  + quota(G5, 0)
                                  + ","
                                  + quota("ml.p5.48xlarge", 0)
                                  + "]}";
                          default -> "{}";
                        }));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().endpointQuota(G5)).hasValue(4);
      assertThat(cloud.account().endpointQuota("ml.p5.48xlarge")).hasValue(0);
      assertThat(cloud.account().endpointQuota("ml.nothing")).isEmpty();
      assertThat(aws.calls()).as("asked once for all types").hasSize(3);
    }
  }

  private static String quota(String type, int value) {
    return "{\"QuotaName\":\"%s for endpoint usage\",\"Value\":%d}".formatted(type, value);
  }

  @Test
  void aPriceIsTheOnlyHostingProductOfTheRegionAndType() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    prices(
                        product("eu-west-1", "EU-Train:ml.g5.xlarge", "9"),
                        product("eu-west-1", "EU-Host:ml.g5.xlarge", "1.5680"),
                        product("eu-west-1", "EU-Host:ml.g5.xlarge.elastic", "7"),
                        product("us-east-1", "USE1-Host:ml.g5.xlarge", "1.4084")));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().pricePerHour(G5)).hasValue(1.568);
      assertThat(cloud.account().pricePerHour("ml.g6.xlarge")).isEmpty();
    }
  }

  @Test
  void twoPricesAreNone() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    prices(
                        product("eu-west-1", "EU-Host:ml.g5.xlarge", "1.5680"),
                        product("eu-west-1", "EUW1-Host:ml.g5.xlarge", "1.7")));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().pricePerHour(G5)).isEmpty();
    }
  }

  private static Answer prices(String... products) {
    StringBuilder list = new StringBuilder();
    for (String product : products) {
      list.append(list.isEmpty() ? "" : ",")
          .append('"')
          .append(product.replace("\"", "\\\""))
          .append('"');
    }
    return Answer.json("{\"PriceList\":[\"no json\"," + list + "]}");
  }

  private static String product(String region, String usage, String price) {
    return ("{\"product\":{\"attributes\":{\"regionCode\":\"%s\",\"usagetype\":\"%s\"}},"
            + "\"terms\":{\"OnDemand\":{\"A.B\":{\"priceDimensions\":{\"A.B.C\":"
            + "{\"unit\":\"Hrs\",\"pricePerUnit\":{\"USD\":\"%s\"}}}}}}}")
        .formatted(region, usage, price);
  }

  @Test
  void whatMayNotBeAskedIsAbsentAndNoFailure() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(call -> Answer.jsonError(400, "AccessDeniedException", "no"));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().endpointQuota(G5)).isEmpty();
      assertThat(cloud.account().pricePerHour(G5)).isEmpty();
      assertThat(cloud.account().endpointUsage(G5)).isEmpty();
      assertThat(cloud.account().denied("sagemaker:CreateModel")).isEmpty();
    }
  }

  @Test
  void usageCountsTheFirstChoiceOfAListOfInstanceTypes() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    Answer.json(
                        switch (call.operation()) {
                          case "ListEndpoints" ->
                              """
                              {"Endpoints":[{"EndpointName":"chat","EndpointArn":"arn:1",
                               "CreationTime":1,"LastModifiedTime":1,"EndpointStatus":"InService"}]}
                              """;
                          case "DescribeEndpoint" ->
                              """
                              {"EndpointName":"chat","EndpointArn":"arn:1","CreationTime":1,
                               "LastModifiedTime":1,"EndpointStatus":"Updating",
                               "EndpointConfigName":"c","ProductionVariants":[{"VariantName":"main",
                               "CurrentInstanceCount":2,"DesiredInstanceCount":3}]}
                              """;
                          case "DescribeEndpointConfig" ->
                              """
                              {"EndpointConfigName":"c","EndpointConfigArn":"arn:2",
                               "CreationTime":1,"ProductionVariants":[{"VariantName":"main",
                               "InitialInstanceCount":2,"InstancePools":[
                                {"InstanceType":"ml.g6.xlarge","Priority":2},
                                {"InstanceType":"ml.g5.xlarge","Priority":1}]}]}
                              """;
                          default -> "{}";
                        }));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().endpointUsage(G5)).hasValue(3);
      assertThat(cloud.account().endpointUsage("ml.g6.xlarge")).hasValue(0);
    }
  }

  @Test
  void aRoleThatMayNotIsToldByItsOwnPolicies() throws IOException {
    try (ScriptedAws aws = new ScriptedAws(call -> policies(call, ROLE, "explicitDeny"));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().denied("cloudformation:CreateChangeSet").orElseThrow())
          .contains(ROLE)
          .contains("is denied cloudformation:CreateChangeSet");
      assertThat(aws.calls())
          .filteredOn(call -> call.operation().equals("SimulatePrincipalPolicy"))
          .allSatisfy(
              call ->
                  assertThat(call.value("PolicySourceArn"))
                      .as("with the path, which the session's ARN leaves out")
                      .isEqualTo("arn:aws:iam::123456789012:role/team/deployer"));
    }
  }

  @Test
  void aPolicyForCertainResourcesIsNoDenial() throws IOException {
    try (ScriptedAws aws =
            new ScriptedAws(
                call ->
                    policies(
                        call,
                        USER,
                        call.value("ResourceArns.member.1").contains("stack/slipway-")
                            ? "allowed"
                            : "implicitDeny"));
        AwsCloud cloud = aws.cloud()) {
      assertThat(cloud.account().denied("cloudformation:CreateChangeSet")).isEmpty();
      assertThat(cloud.account().denied("ecr:CreateRepository").orElseThrow())
          .contains("no policy that allows ecr:CreateRepository");
      assertThat(cloud.account().denied("sagemaker:CreateEndpoint"))
          .as("the endpoint's name is the user's choice: a policy may name it")
          .isEmpty();
    }
  }

  private static Answer policies(Call call, String caller, String decision) {
    return switch (call.operation()) {
      case "GetCallerIdentity" ->
          Answer.xml(call.operation(), "<Arn>" + caller + "</Arn><Account>123456789012</Account>");
      case "GetRole" ->
          Answer.xml(
              call.operation(),
              "<Role><Arn>arn:aws:iam::123456789012:role/team/deployer</Arn></Role>");
      default ->
          Answer.xml(
              call.operation(),
              ("<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalDecision>%s</EvalDecision>"
                      + "<EvalActionName>x</EvalActionName></member></EvaluationResults>")
                  .formatted(decision));
    };
  }
}
