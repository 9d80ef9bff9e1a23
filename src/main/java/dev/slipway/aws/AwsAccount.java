package dev.slipway.aws;

import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.deploy.cloud.Hosting.Named;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.pricing.model.Filter;
import software.amazon.awssdk.services.pricing.model.FilterType;
import software.amazon.awssdk.services.servicequotas.ServiceQuotasClient;
import software.amazon.awssdk.services.servicequotas.model.ServiceQuota;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The account that is called with: STS, Service Quotas, the price list, and IAM's simulator. Who
 * calls and the quotas are asked once.
 */
final class AwsAccount implements Account {
  private static final String SAGEMAKER_QUOTAS = "sagemaker";
  private static final String SAGEMAKER_PRICES = "AmazonSageMaker";

  private final AwsClients clients;
  private final CloudFailures failures;
  private final Hosting hosting;
  private final Lazy<Identity> identity;
  private final Lazy<Map<String, Double>> quotas;
  private final Map<String, OptionalDouble> prices = new ConcurrentHashMap<>();

  AwsAccount(AwsClients clients, CloudFailures failures, Hosting hosting) {
    this.clients = clients;
    this.failures = failures;
    this.hosting = hosting;
    this.identity = new Lazy<>(this::askWhoCalls);
    this.quotas = new Lazy<>(this::askQuotas);
  }

  @Override
  public Identity identity() {
    return identity.get();
  }

  private Identity askWhoCalls() {
    StsClient sts = clients.sts.get();
    var caller =
        failures.call(
            new Ask("Cannot tell who calls AWS", "sts:GetCallerIdentity", "the caller"),
            () -> sts.getCallerIdentity(request -> {}));
    return new Identity(caller.account(), caller.arn());
  }

  @Override
  public OptionalDouble endpointQuota(String instanceType) {
    return usable(
        () -> {
          Double quota = quotas.get().get(instanceType + " for endpoint usage");
          return quota == null ? OptionalDouble.empty() : OptionalDouble.of(quota);
        });
  }

  /** The account's own values first; of quotas that nobody changed, AWS may list defaults only. */
  private Map<String, Double> askQuotas() {
    ServiceQuotasClient client = clients.quotas.get();
    Map<String, Double> all = new ConcurrentHashMap<>();
    List<ServiceQuota> own =
        failures.call(
            new Ask("Cannot read the quotas", "servicequotas:ListServiceQuotas", "SageMaker"),
            () ->
                client
                    .listServiceQuotasPaginator(
                        request -> request.serviceCode(SAGEMAKER_QUOTAS).maxResults(100))
                    .quotas()
                    .stream()
                    .toList());
    List<ServiceQuota> defaults =
        failures.call(
            new Ask(
                "Cannot read the quotas", "servicequotas:ListAWSDefaultServiceQuotas", "SageMaker"),
            () ->
                client
                    .listAWSDefaultServiceQuotasPaginator(
                        request -> request.serviceCode(SAGEMAKER_QUOTAS).maxResults(100))
                    .quotas()
                    .stream()
                    .toList());
    for (ServiceQuota quota : Stream.concat(own.stream(), defaults.stream()).toList()) {
      if (quota.quotaName() != null && quota.value() != null) {
        all.putIfAbsent(quota.quotaName(), quota.value());
      }
    }
    return all;
  }

  @Override
  public OptionalDouble pricePerHour(String instanceType) {
    return prices.computeIfAbsent(instanceType, type -> usable(() -> askPrice(type)));
  }

  private OptionalDouble askPrice(String instanceType) {
    PricingClient client = clients.pricing.get();
    String region = clients.environment().region();
    List<String> products =
        failures.call(
            new Ask("Cannot read the price list", "pricing:GetProducts", "SageMaker"),
            () ->
                client
                    .getProductsPaginator(
                        request ->
                            request
                                .serviceCode(SAGEMAKER_PRICES)
                                .filters(
                                    equal("regionCode", region),
                                    equal("instanceName", instanceType)))
                    .priceList()
                    .stream()
                    .toList());
    return PriceList.hosting(products, region, instanceType);
  }

  private static Filter equal(String field, String value) {
    return Filter.builder().type(FilterType.TERM_MATCH).field(field).value(value).build();
  }

  @Override
  public OptionalDouble endpointUsage(String instanceType) {
    return usable(
        () -> {
          double used = 0;
          for (Named endpoint : hosting.list(Kind.ENDPOINT, "")) {
            used +=
                hosting.endpoint(new EndpointName(endpoint.name())).stream()
                    .flatMap(each -> each.variants().stream())
                    .filter(variant -> variant.instance().equals(instanceType))
                    .mapToInt(variant -> Math.max(variant.now(), variant.desired()))
                    .sum();
          }
          return OptionalDouble.of(used);
        });
  }

  @Override
  public Optional<String> denied(String action) {
    try {
      return simulated(action, List.of())
          .filter(decision -> !decision.equals("allowed"))
          // A policy for certain resources denies "any", and allows those.
          .flatMap(
              decision ->
                  decision.equals("explicitDeny")
                      ? Optional.of(decision)
                      : likely(action).flatMap(arn -> simulated(action, List.of(arn))))
          .filter(decision -> !decision.equals("allowed"))
          .map(
              decision ->
                  identity().arn()
                      + (decision.equals("explicitDeny")
                          ? " is denied " + action + " by a policy"
                          : " has no policy that allows " + action));
    } catch (CloudFailure unusable) {
      return Optional.empty();
    }
  }

  /** Returns IAM's decision; absent where it depends on what only the call itself shows. */
  private Optional<String> simulated(String action, List<String> resources) {
    Optional<String> principal = principal();
    if (principal.isEmpty()) {
      return Optional.empty();
    }
    IamClient iam = clients.iam.get();
    List<EvaluationResult> results =
        failures.call(
            new Ask(
                "Cannot simulate the caller's policies",
                "iam:SimulatePrincipalPolicy",
                principal.get()),
            () ->
                iam
                    .simulatePrincipalPolicyPaginator(
                        request -> {
                          request.policySourceArn(principal.get()).actionNames(action);
                          if (!resources.isEmpty()) {
                            request.resourceArns(resources);
                          }
                        })
                    .evaluationResults()
                    .stream()
                    .toList());
    return results.size() == 1 && results.getFirst().missingContextValues().isEmpty()
        ? Optional.of(results.getFirst().evalDecisionAsString())
        : Optional.empty();
  }

  /**
   * Returns the user or role whose policies count, which for a session is its role; absent for the
   * account itself, whose rights can't be simulated.
   */
  private Optional<String> principal() {
    String arn = identity().arn();
    String[] parts = arn.split("[:/]", -1);
    // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION leaves the role's path out.
    if (arn.contains(":assumed-role/") && parts.length >= 7) {
      IamClient iam = clients.iam.get();
      return Optional.of(
          failures.call(
              new Ask("Cannot read the caller's role", "iam:GetRole", parts[6]),
              () -> iam.getRole(request -> request.roleName(parts[6])).role().arn()));
    }
    return arn.contains(":user/") ? Optional.of(arn) : Optional.empty();
  }

  /**
   * Returns a resource of the name that Slipway's own stacks give theirs; absent where the user
   * chooses the name, which a policy may be for.
   */
  private Optional<String> likely(String action) {
    String partition = identity().arn().split(":", 3)[1];
    String here = ":" + clients.environment().region() + ":" + identity().account() + ":";
    String name = "slipway-preflight";
    String service = action.substring(0, action.indexOf(':'));
    String resource =
        switch (service) {
          case "s3" -> ":::" + name;
          case "iam" -> "::" + identity().account() + ":role/" + name;
          case "cloudformation" -> here + "stack/" + name + "/1";
          case "ecr" -> here + "repository/" + name;
          case "sns" -> here + name;
          case "sagemaker" ->
              action.endsWith("EndpointConfig")
                  ? here + "endpoint-config/" + name
                  : action.endsWith("Model") ? here + "model/" + name : "";
          default -> "";
        };
    return resource.isEmpty()
        ? Optional.empty()
        : Optional.of("arn:" + partition + ":" + service + resource);
  }

  private static OptionalDouble usable(Supplier<OptionalDouble> answer) {
    try {
      return answer.get();
    } catch (CloudFailure unusable) {
      return OptionalDouble.empty();
    }
  }
}
