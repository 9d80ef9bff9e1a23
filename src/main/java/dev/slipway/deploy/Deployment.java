package dev.slipway.deploy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what a deploy came to: the document of {@code slipway deploy --json}.
 *
 * @param deployment its name
 * @param environment the overlay of the manifest
 * @param revision counts the changes of the environment, from 1
 * @param stack the name of the stack that answers: the endpoint's; the service's where the model
 *     answers beside it
 * @param endpoint its name; null where the model answers beside the service
 * @param bucket the store's bucket
 * @param changed whether this run changed anything; false if everything was as asked already
 * @param status {@code running}
 * @param smoke {@code passed}, {@code warned} (an answer that isn't JSON), or {@code skipped} where
 *     nothing changed, or a service without endpoint could not be asked
 * @param service the business layer on ECS; null where it runs elsewhere
 * @param eval how the answers were judged; null where the manifest has no gate, or nothing changed
 */
public record Deployment(
    String deployment,
    String environment,
    int revision,
    String stack,
    @Nullable String endpoint,
    String bucket,
    boolean changed,
    String status,
    String smoke,
    @Nullable Service service,
    @Nullable Eval eval) {

  /** Makes one whose answers were not judged. */
  Deployment(
      String deployment,
      String environment,
      int revision,
      String stack,
      @Nullable String endpoint,
      String bucket,
      boolean changed,
      String status,
      String smoke,
      @Nullable Service service) {
    this(
        deployment,
        environment,
        revision,
        stack,
        endpoint,
        bucket,
        changed,
        status,
        smoke,
        service,
        null);
  }

  /** Returns the same, with its answers judged. */
  Deployment judged(@Nullable Eval judgement) {
    return new Deployment(
        deployment,
        environment,
        revision,
        stack,
        endpoint,
        bucket,
        changed,
        status,
        smoke,
        service,
        judgement);
  }

  /**
   * The business layer on ECS.
   *
   * @param stack the name of its stack
   * @param url of its load balancer
   * @param image by its digest
   * @param index the key of its index in the bucket; null where Qdrant has it
   * @param asked {@code answered}, {@code live} (there was no key to ask with), {@code unreachable}
   *     from this machine, {@code other_name} (the certificate is for another name than the load
   *     balancer's), or {@code skipped} where nothing changed
   */
  public record Service(
      String stack, String url, String image, @Nullable String index, String asked) {}

  /**
   * How the answers were judged.
   *
   * @param asked {@code service}, through its load balancer; {@code endpoint}, or {@code model}
   *     where that answers beside the service, through a business layer of the process that
   *     deployed
   * @param questions how many were asked
   * @param failed how many of them have no answer
   * @param measures what was measured, each a mean from 0 to 1
   * @param gates how each condition was met
   */
  public record Eval(
      String asked,
      int questions,
      int failed,
      Map<String, Double> measures,
      List<Condition> gates) {
    /** Copies the gates. */
    public Eval {
      gates = List.copyOf(gates);
    }
  }

  /**
   * A condition of a gate.
   *
   * @param name of the figure
   * @param reach the least, or of times and {@code failed} the most; times in milliseconds
   * @param value of the figure
   */
  public record Condition(String name, double reach, double value, boolean passed) {}
}
