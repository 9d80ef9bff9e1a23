package dev.slipway.manifest;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Says how the business layer listens.
 *
 * @param host where it runs
 * @param engine what answers
 * @param model the GGUF of the embedded engine, {@code file:...} or {@code hf://...}; absent means
 *     {@code model.source}
 * @param fallback the endpoint that answers while the deployment's own doesn't
 * @param port its TCP port; 0 means a free one
 * @param keys the secret that holds the API keys; absent means none are asked for
 * @param access what else lets a caller in, and how the service is reached
 * @param limits what it takes at most
 * @param checks what questions and answers must not hold
 * @param fargate where it runs with host fargate
 */
public record ApiSpec(
    Host host,
    Engine engine,
    Optional<String> model,
    Optional<String> fallback,
    int port,
    Optional<SecretReference> keys,
    Access access,
    Limits limits,
    Checks checks,
    Fargate fargate) {

  /** Where the business layer runs. */
  public enum Host {
    /** This machine. */
    LOCAL,
    /** ECS on Fargate. */
    FARGATE
  }

  /** What answers. */
  public enum Engine {
    /** The endpoint. */
    ENDPOINT,
    /** A small GGUF beside the service. */
    EMBEDDED
  }

  /**
   * Says how callers reach the service.
   *
   * @param jwt whose tokens are taken beside keys; absent for nobody's
   * @param origins of the pages that browsers may let use it, {@code https://host[:port]}
   * @param tls what it serves HTTPS with; absent for HTTP
   */
  public record Access(Optional<Jwt> jwt, List<String> origins, Optional<Tls> tls) {
    /** Copies the origins. */
    public Access {
      origins = List.copyOf(origins);
    }
  }

  /**
   * Whose tokens are taken.
   *
   * @param issuer an OpenID Connect issuer
   * @param audience that a token must be for
   * @param tenant the claim that names the caller's tenant
   */
  public record Jwt(URI issuer, String audience, Optional<String> tenant) {}

  /**
   * Files in PEM, relative to the manifest.
   *
   * @param certificate the chain, the server's own first
   * @param key its private key, PKCS #8
   */
  public record Tls(String certificate, String key) {}

  /**
   * Says what the business layer takes at most.
   *
   * @param concurrency questions at once; one more gets 503
   * @param requestsPerMinute per caller; one more gets 429
   * @param tokensPerDay per caller; absent means no budget
   * @param bodyBytes the request body
   * @param deadline for one question, streamed or not
   * @param promptTokens of one conversation without its passages; absent for what the window holds
   * @param answerTokens that one question may ask for; absent for what the window holds
   */
  public record Limits(
      int concurrency,
      int requestsPerMinute,
      OptionalLong tokensPerDay,
      long bodyBytes,
      Duration deadline,
      OptionalInt promptTokens,
      OptionalInt answerTokens) {}

  /**
   * Says what questions and answers must not hold.
   *
   * @param redact what is replaced in questions and answers, and in traces
   * @param input regular expressions; a question in which one is found is refused
   * @param output regular expressions; an answer in which one is found is withheld
   */
  public record Checks(Set<Personal> redact, List<String> input, List<String> output) {
    /** Copies the collections. */
    public Checks {
      redact = Set.copyOf(redact);
      input = List.copyOf(input);
      output = List.copyOf(output);
    }
  }

  /** Personal data that can be told by its form. */
  public enum Personal {
    /** An e-mail address. */
    EMAIL,
    /** A telephone number with its country code. */
    PHONE,
    /** A payment card's number, with its check digit right. */
    CARD,
    /** An international bank account number, with its check digits right. */
    IBAN,
    /** An IP address. */
    IP
  }

  /**
   * Says how the service runs on ECS.
   *
   * @param vpc its id; absent unless host is fargate
   * @param subnets of the tasks
   * @param cpu units, 1,024 to a core
   * @param memoryBytes a size that Fargate has for the cpu
   * @param min tasks at least
   * @param max tasks at most
   * @param requestsPerMinute that each task should get; scaling aims at it
   * @param loadBalancer in front of them
   * @param logDays how long logs are kept
   */
  public record Fargate(
      Optional<String> vpc,
      List<String> subnets,
      int cpu,
      long memoryBytes,
      int min,
      int max,
      int requestsPerMinute,
      LoadBalancer loadBalancer,
      int logDays) {
    /** Copies the subnets. */
    public Fargate {
      subnets = List.copyOf(subnets);
    }
  }

  /**
   * Says who reaches the service.
   *
   * @param subnets of the load balancer; none for those of the tasks
   * @param open whether it is reached from the internet, not only inside of the VPC
   * @param certificate the ARN of one in ACM; absent for HTTP, which stays inside of the VPC
   * @param allow address ranges that may reach it
   */
  public record LoadBalancer(
      List<String> subnets, boolean open, Optional<String> certificate, List<String> allow) {
    /** Copies the lists. */
    public LoadBalancer {
      subnets = List.copyOf(subnets);
      allow = List.copyOf(allow);
    }
  }
}
