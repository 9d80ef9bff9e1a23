package dev.slipway.deploy.cloud;

import java.util.Optional;
import java.util.OptionalDouble;

/** The account that is called with: who calls, its quotas, and prices. */
public interface Account {

  /**
   * Who calls.
   *
   * @param account 12 digits
   * @param arn the user's or the assumed role's
   */
  record Identity(String account, String arn) {}

  /** Returns who calls. */
  Identity identity();

  /**
   * Returns how many instances of a type endpoints may have together ({@code TYPE for endpoint
   * usage}); absent if the answer can't be used, which is worth a warning.
   */
  OptionalDouble endpointQuota(String instanceType);

  /**
   * Returns the price of an hour of a type for hosting in the region, in US dollars, by the price
   * list; absent if there isn't exactly one.
   */
  OptionalDouble pricePerHour(String instanceType);

  /** Returns how many instances of a type endpoints use now; absent if it can't be told. */
  OptionalDouble endpointUsage(String instanceType);

  /** Returns why the caller may not take an action ({@code sagemaker:CreateEndpoint}), if so. */
  Optional<String> denied(String action);
}
