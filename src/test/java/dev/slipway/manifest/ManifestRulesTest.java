package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestRulesTest {

  @Test
  void realtimeScalesToZeroOnlyWithComponents() {
    assertThat(Read.problemsWith("endpoint: {scaling: {min: 0}}\n"))
        .containsExactly(
            "line 3: endpoint.scaling.min: must be at least 1 for a realtime endpoint, is 0; to"
                + " scale to 0, set endpoint.components: true, or endpoint.kind: async");
    assertThat(
            Read.problemsWith(
                "endpoint: {scaling: {schedule: [{when: rate(1 day), min: 0, max: 1}]}}\n"))
        .containsExactly(
            "line 3: endpoint.scaling.schedule: min must be at least 1 for a realtime endpoint"
                + " without endpoint.components");
    assertThat(Read.problemsWith("endpoint: {components: true, scaling: {min: 0}}\n")).isEmpty();
    assertThat(Read.problemsWith("endpoint: {kind: async, scaling: {min: 0}}\n")).isEmpty();
  }

  @Test
  void aMinAboveTheDefaultMaxIsReportedAtTheMin() {
    assertThat(Read.problemsWith("endpoint:\n  scaling:\n    min: 5\n"))
        .containsExactly("line 5: endpoint.scaling.max: must be at least min (5), is 4");
    assertThat(
            Read.problemsWith(
                "endpoint: {scaling: {schedule: [{when: rate(1 day), min: 3, max: 1}]}}\n"))
        .containsExactly(
            "line 3: endpoint.scaling.schedule[0]: max must be at least min (3), is 1");
  }

  @Test
  void asyncKeysOnRealtimeMayOnlySayTheirDefaults() {
    assertThat(Read.problemsWith("endpoint: {async: {concurrency: 4, output: null}}\n")).isEmpty();
    assertThat(
            Read.problemsWith(
                """
                endpoint:
                  async:
                    concurrency: 5
                    timeout: 1h
                """))
        .containsExactly(
            "line 5: endpoint.async.concurrency: has an effect only with endpoint.kind: async",
            "line 6: endpoint.async.timeout: has an effect only with endpoint.kind: async");
    assertThat(Read.problemsWith("api: {model: \"file:small.gguf\"}\n"))
        .containsExactly("line 3: api.model: has an effect only with api.engine: embedded");
    assertThat(Read.problemsWith("endpoint: {kind: async, components: true}\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: endpoint.components: inference components answer realtime requests");
  }

  @Test
  void kindsThatThisVersionDoesNotHostSayWhatToUseInstead() {
    assertThat(Read.problemsWith("endpoint: {kind: serverless}\n"))
        .containsExactly(
            "line 3: endpoint.kind: must be realtime or async, is \"serverless\"; serverless"
                + " endpoints have no GPU and are not hosted by this version; to pay nothing while"
                + " idle, use async with scaling.min 0");
    assertThat(Read.problemsWith("endpoint: {kind: batch}\n"))
        .singleElement()
        .asString()
        .contains("batch transform is not hosted by this version");
  }

  @ParameterizedTest
  @CsvSource({
    "canary, 1%, 50%, 51%",
    "linear, 10%, 50%, 9%",
    "rolling, 5%, 50%, 4%",
  })
  void theStepHasTheBoundsOfItsStrategy(String strategy, String least, String most, String wrong) {
    String update = "endpoint: {update: {strategy: %s, step: %s, wait: 30s}}\n";

    assertThat(Read.problemsWith(update.formatted(strategy, least))).isEmpty();
    assertThat(Read.problemsWith(update.formatted(strategy, most))).isEmpty();
    assertThat(Read.problemsWith(update.formatted(strategy, wrong)))
        .singleElement()
        .asString()
        .startsWith("line 3: endpoint.update.step: must be ");
  }

  @Test
  void theWaitsFitTheTimeoutOfTheWholeChange() {
    assertThat(Read.problemsWith("endpoint: {update: {strategy: linear, wait: 6m, step: 10%}}\n"))
        .containsExactly(
            "line 3: endpoint.update.timeout: must be more than 10 x 360 s of waiting, is 3600 s");
    assertThat(Read.problemsWith("endpoint: {update: {strategy: canary, wait: 6m}}\n")).isEmpty();
    assertThat(Read.problemsWith("endpoint: {update: {wait: 1h}}\n")).hasSize(1);
  }

  @Test
  void componentsRollOutBatchByBatch() {
    assertThat(Read.problemsWith("endpoint: {components: true, update: {strategy: canary}}\n"))
        .containsExactly(
            "line 3: endpoint.update.strategy: must be rolling or all-at-once with"
                + " endpoint.components: true");
    assertThat(
            Read.manifest(Read.LEAST + "endpoint: {components: true}\n")
                .endpoint()
                .update()
                .strategy())
        .isEqualTo(UpdateSpec.Strategy.ROLLING);
    assertThat(Read.problemsWith("endpoint: {update: {strategy: all-at-once, step: 20%}}\n"))
        .containsExactly("line 3: endpoint.update.step: has no effect with strategy all-at-once");
  }

  @Test
  void llamaCppIsForTheLocalTarget() {
    assertThat(Read.problemsWith("endpoint: {server: llama.cpp}\n"))
        .containsExactly(
            "line 3: endpoint.server: llama.cpp serves target local only; on aws use vllm or lmi");
    assertThat(Read.problemsWith("target: local\nendpoint: {server: llama.cpp}\n")).isEmpty();
  }

  @Test
  void aVpcNeedsSubnetsAndSecurityGroups() {
    assertThat(Read.problemsWith("endpoint: {network: {subnets: [subnet-0123abcd]}}\n"))
        .containsExactly(
            "line 3: endpoint.network.security_groups: must not be empty: a VPC needs both subnets"
                + " and security_groups");
    assertThat(Read.problemsWith("endpoint: {network: {security_groups: [sg-0123abcd]}}\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: endpoint.network.subnets: must not be empty");
  }

  @Test
  void theServiceAsksForKeysUnlessItIsOnThisMachine() {
    assertThat(
            Read.problemsWith(
                "api: {host: fargate, fargate: {vpc: vpc-0123abcd, subnets: [subnet-0123abcd, subnet-4567abcd]}}\n"))
        .containsExactly(
            "line 3: api.keys: must name a secret (secret:NAME) with api.host: fargate; none is for"
                + " host local only");
    assertThat(
            Read.problemsWith(
                "target: local\napi: {host: fargate, keys: secret:keys, fargate: {vpc: vpc-0123abcd, subnets: [subnet-0123abcd, subnet-4567abcd]}}\n"))
        .containsExactly("line 4: api.host: fargate needs target: aws");
  }

  @Test
  void topicsAreInTheDeploymentsRegion() {
    assertThat(
            Read.problemsWith(
                """
                region: eu-west-1
                endpoint:
                  kind: async
                  async: {notify: {error: "arn:aws:sns:us-east-1:123456789012:failures"}}
                """))
        .containsExactly(
            "line 6: endpoint.async.notify.error: must be a topic of the deployment's region"
                + " (eu-west-1)");
  }

  @Test
  void fargateNeedsAPlaceASizeThatExistsAndHttpsOnTheInternet() {
    assertThat(Read.problemsWith("api: {host: fargate, keys: secret:keys}\n"))
        .containsExactly(
            "line 3: api.fargate.vpc: must be a VPC's id with api.host: fargate",
            "line 3: api.fargate.subnets: must be at least 2 subnets, in different zones, with"
                + " api.host: fargate");
    assertThat(
            Read.problemsWith(
                """
                region: eu-west-1
                api:
                  host: fargate
                  keys: secret:keys
                  fargate:
                    vpc: vpc-0123abcd
                    subnets: [subnet-0123abcd, subnet-4567abcd]
                    cpu: 1024
                    memory: 9GiB
                    min: 5
                    max: 4
                    log_days: 31
                    load_balancer:
                      subnets: [subnet-0123abcd]
                      public: true
                """))
        .containsExactly(
            "line 11: api.fargate.memory: must be 2 to 8 GiB in steps of 1 with cpu 1024",
            "line 13: api.fargate.max: must be at least min (5), is 4",
            "line 14: api.fargate.log_days: must be a number of days that CloudWatch has: 7, 14,"
                + " 30, 90",
            "line 16: api.fargate.load_balancer.subnets: must be at least 2 subnets, in different"
                + " zones, or none for those of the tasks",
            "line 17: api.fargate.load_balancer.certificate: must be a certificate's ARN with"
                + " public: true; keys don't go over the internet in HTTP");
  }

  @Test
  void containerVariablesKeepToSageMakersLimits() {
    String many =
        IntStream.range(0, 101).mapToObj(i -> "A" + i + ": x").collect(Collectors.joining(", "));
    assertThat(Read.problemsWith("endpoint: {environment: {" + many + "}}\n"))
        .containsExactly(
            "line 3: endpoint.environment: must be a map of at most 100 container variables, has"
                + " 101 entries");
    assertThat(
            Read.problemsWith("endpoint: {environment: {A: \"%s\"}}\n".formatted("ä".repeat(513))))
        .containsExactly("line 3: endpoint.environment.A: must be text of at most 1,024 bytes");
    String large =
        IntStream.range(0, 33)
            .mapToObj(i -> "A" + i + ": " + "x".repeat(1000))
            .collect(Collectors.joining(", "));
    assertThat(Read.problemsWith("endpoint: {environment: {" + large + "}}\n"))
        .containsExactly(
            "line 3: endpoint.environment: must be at most 32768 bytes in all, is 33089");
    assertThat(Read.problemsWith("endpoint: {environment: {1A: x}}\n")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HF_TOKEN: abc-very-private",
        "DB_PASSWORD: abc-very-private",
        "SM_VLLM_API_KEY: abc-very-private",
        "HARMLESS: hf_abcdefghijklmnopqrstuvwxyz",
        "HARMLESS: secret:abc-very-private",
        "HARMLESS: \"https://me:abc-very-private@host/\"",
        "HARMLESS: AKIAABCDEFGHIJKLMNOP",
      })
  void secretsAreRefusedInContainerVariablesAndNotRepeated(String entry) {
    assertThat(Read.problemsWith("endpoint: {environment: {" + entry + "}}\n"))
        .singleElement()
        .asString()
        .contains("whoever may describe the model can read it")
        .doesNotContain("very-private", "hf_abc", "AKIA");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAX_TOKENS: 5", "TOKENIZER: fast", "KMS_KEY: alias/a", "HF_TOKEN: \"\""})
  void whatOnlySoundsLikeASecretIsTaken(String entry) {
    assertThat(Read.problemsWith("endpoint: {environment: {" + entry + "}}\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"my-very-private-key", "secret:", "secret:very-private key", "[private]"})
  void whatIsWrittenInsteadOfASecretsNameIsNotRepeated(String keys) {
    assertThat(Read.problemsWith("api: {keys: \"%s\"}\n".formatted(keys)))
        .containsExactly(
            "line 3: api.keys: must be none, or the name of a secret, secret:NAME; what is here is"
                + " not shown");
  }

  @Test
  void aRuleIsSilentWhileOneOfItsKeysIsWrong() {
    assertThat(
            Read.problemsWith("endpoint: {kind: asink, scaling: {min: 0}, async: {timeout: 1h}}\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: endpoint.kind: ");
  }
}
